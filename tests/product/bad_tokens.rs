//! Tokens that prove nothing: 401 over HTTP, close code 4401 on a WebSocket, and nothing changes.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, decode_header, encode};
use serde_json::{Value, json};

use crate::bad_input::{assert_problem, traces};
use crate::harness::{Backend, Live, Store, on_both_stores};

on_both_stores!(tokens_that_prove_nothing_are_refused_everywhere_and_nothing_changes);

/// The close code that says "authenticate again".
const AUTHENTICATE: u16 = 4401;
/// A moment long ago, in seconds since 1970.
const LONG_AGO: i64 = 1_000_000_000;

/// What a forger has at hand: a real token's parts and the keys of this server and of another.
struct Forge {
    header: Header,
    claims: Value,
    own: EncodingKey,
    other: EncodingKey,
}

impl Forge {
    fn new(store: &Store, token: &str) -> Self {
        let claims = token.split('.').nth(1).unwrap();
        let key = |folder: &str| {
            EncodingKey::from_ed_pem(&std::fs::read(store.folder(folder).join("signing-key.pem")).unwrap()).unwrap()
        };
        Self {
            header: decode_header(token).unwrap(),
            claims: serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap(),
            own: key("data"),
            other: key("elsewhere"),
        }
    }

    /// The real claims with one of them changed, or removed where `value` is null, under a good signature.
    fn with(&self, claim: &str, value: Value) -> String {
        let mut claims = self.claims.clone();
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(claim);
        } else {
            claims[claim] = value;
        }
        encode(&self.header, &claims, &self.own).unwrap()
    }

    fn signed_by(&self, key: &EncodingKey, alg: Algorithm) -> String {
        encode(&Header { alg, ..self.header.clone() }, &self.claims, key).unwrap()
    }

    fn unsigned(&self, alg: &str, signature: &str) -> String {
        let header = json!({"typ": "JWT", "alg": alg, "kid": self.header.kid});
        let [header, claims] = [&header, &self.claims].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part.to_string()));
        format!("{header}.{claims}.{signature}")
    }
}

fn tokens_that_prove_nothing_are_refused_everywhere_and_nothing_changes(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let real = store.token("admin@example.com", "admin");
    let foreign_store = Store::migrated(Backend::Sqlite);
    let foreign = foreign_store.token("admin@example.com", "admin");
    std::fs::create_dir(store.folder("elsewhere")).unwrap();
    std::fs::copy(foreign_store.folder("data").join("signing-key.pem"), store.folder("elsewhere/signing-key.pem"))
        .unwrap();

    let mut outside = store.outside();
    let forge = Forge::new(&store, &real);
    let id = server.api(&real).create("Pilot", 1);
    let before = traces(&mut outside);
    let public_key = outside.texts("select public_key as t from signing_keys").pop().unwrap();
    let (head, signature) = real.rsplit_once('.').unwrap();
    let mut altered = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
    altered[10] ^= 1;

    assert_eq!(server.api(&forge.signed_by(&forge.own, Algorithm::EdDSA)).get("/api/v1/auth/me").status, 200);
    let tokens = [
        ("nothing", " ".to_owned()),
        ("no token", "nonsense".to_owned()),
        ("dots", "..".to_owned()),
        ("a long one", "a".repeat(6_000)),
        ("alg none", forge.unsigned("none", "")),
        ("alg none with a signature", forge.unsigned("none", signature)),
        ("alg NONE", forge.unsigned("NONE", "")),
        ("an altered signature", format!("{head}.{}", BASE64_URL_SAFE_NO_PAD.encode(altered))),
        ("no signature", format!("{head}.")),
        ("another's key under our kid", forge.signed_by(&forge.other, Algorithm::EdDSA)),
        (
            "our public key as a secret",
            forge.signed_by(&EncodingKey::from_secret(public_key.as_bytes()), Algorithm::HS256),
        ),
        ("foreign", foreign),
        ("expired", forge.with("exp", LONG_AGO.into())),
        ("without end", forge.with("exp", Value::Null)),
        ("for somebody else", forge.with("aud", "elsewhere".into())),
        ("by somebody else", forge.with("iss", "elsewhere".into())),
        ("of an unknown user", forge.with("sub", "01890000-0000-7000-8000-000000000000".into())),
        ("of no user", forge.with("sub", Value::Null)),
        ("of an unknown role", forge.with("role", "owner".into())),
    ];
    for (name, token) in &tokens {
        let nobody = server.api(token);
        assert_problem(name, &nobody.get("/api/v1/auth/me"), 401, "UNAUTHENTICATED");
        let body = json!({"title": "Later", "episode_number": 1});
        assert_problem(name, &nobody.post("/api/v1/episodes", &body), 401, "UNAUTHENTICATED");
        assert_problem(name, &nobody.delete(&format!("/api/v1/episodes/{id}")), 401, "UNAUTHENTICATED");
        let mut live = Live::open(&server.address).unwrap();
        live.send(&json!({"type": "auth", "token": token})).unwrap();
        assert_eq!(live.close_code(), Some(AUTHENTICATE), "{name}");
    }
    assert_problem("no header", &server.api("").get("/api/v1/episodes"), 401, "UNAUTHENTICATED");
    assert_eq!(traces(&mut outside), before);
    assert_eq!(server.api(&real).get("/api/v1/auth/me").status, 200);
}
