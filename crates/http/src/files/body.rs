//! Files in bodies of requests: their bytes alone, or in a form (RFC 7578). They go on as they come.

use std::time::Duration;

use actix_multipart::{Field, Multipart};
use actix_web::http::header::{CONTENT_TYPE, HeaderMap};
use actix_web::rt::time::timeout;
use actix_web::{HttpRequest, web};
use futures_util::{Stream, StreamExt as _};
use showrunner_domain::FieldError;
use showrunner_domain::file::{File, FileName, FileService, NewFile};
use showrunner_domain::identity::Caller;
use showrunner_web::{Code, Problem};

use super::query::About;

/// How long the next bytes may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Takes the file that the body holds.
pub(super) async fn receive(
    caller: &Caller,
    request: &HttpRequest,
    body: web::Payload,
    files: &FileService,
    about: About,
) -> Result<File, Problem> {
    if !is_form(request.headers()) {
        let new = described(about.name.clone(), &about)?;
        return store(caller, body, files, new).await;
    }
    let mut form = Multipart::new(request.headers(), body);
    while let Some(field) = next(&mut form).await? {
        let Some(name) = file_name(&field)? else { continue };
        let new = described(about.name.clone().or(Some(name)), &about)?;
        return store(caller, field, files, new).await;
    }
    Err(Problem::invalid(vec![FieldError::new("file", "is missing: the form holds no file")]))
}

fn described(name: Option<FileName>, about: &About) -> Result<NewFile, Problem> {
    let missing = || Problem::invalid(vec![FieldError::new("name", "is missing")]);
    Ok(NewFile { name: name.ok_or_else(missing)?, episode_id: about.episode_id })
}

async fn store<S, B, E>(caller: &Caller, mut bytes: S, files: &FileService, new: NewFile) -> Result<File, Problem>
where
    S: Stream<Item = Result<B, E>> + Unpin,
    B: AsRef<[u8]>,
{
    let mut upload = files.begin(caller, new).await?;
    while let Some(some) = next(&mut bytes).await? {
        upload.write(some.as_ref()).await?;
    }
    Ok(upload.finish().await?)
}

/// What comes next, in time and whole.
async fn next<T, E>(stream: &mut (impl Stream<Item = Result<T, E>> + Unpin)) -> Result<Option<T>, Problem> {
    let late = |_| Problem::new(Code::RequestTimeout, "Send the next bytes within 30 seconds.");
    let next = timeout(PATIENCE, stream.next()).await.map_err(late)?;
    next.transpose().map_err(|_| Problem::malformed("The body broke off or is no form: send the request again."))
}

/// How the file of a form is called; `None` for a field that is no file.
fn file_name(field: &Field) -> Result<Option<FileName>, Problem> {
    let Some(name) = field.content_disposition().and_then(|disposition| disposition.get_filename()) else {
        return Ok(None);
    };
    let refused = |reason| Problem::invalid(vec![FieldError::new("name", reason)]);
    FileName::parse(name).map(Some).map_err(refused)
}

fn is_form(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("multipart/form-data")
}
