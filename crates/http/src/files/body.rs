//! Files in bodies of requests: their bytes alone, or in a form (RFC 7578). They go on as they come.

use std::fmt::Display;
use std::time::Duration;

use actix_multipart::{Field, Multipart};
use actix_web::http::header::{CONTENT_TYPE, HeaderMap};
use actix_web::rt::time::timeout;
use actix_web::{HttpRequest, web};
use futures_util::{Stream, StreamExt as _};
use showrunner_domain::FieldError;
use showrunner_domain::file::{File, FileName, FileService, NewFile, Upload};
use showrunner_domain::identity::Caller;
use showrunner_web::{Code, Problem};

use super::query::About;

/// The one field of a form.
const FILE: &str = "file";
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
        let mut body = body;
        let mut upload = files.begin(caller, described(about.name.clone(), &about)?).await?;
        write(&mut upload, &mut body).await?;
        return Ok(upload.finish().await?);
    }
    let mut form = Multipart::new(request.headers(), body);
    let Some(mut field) = next(&mut form).await? else {
        return Err(refused(FILE, "is missing: the form is empty"));
    };
    if field.name() != Some(FILE) {
        return Err(refused(field.name().unwrap_or_default(), "is not a known field: the form holds `file` alone"));
    }
    let name = about.name.clone().map_or_else(|| file_name(&field), |name| Ok(Some(name)))?;
    let mut upload = files.begin(caller, described(name, &about)?).await?;
    write(&mut upload, &mut field).await?;
    drop(field);
    if let Some(more) = next(&mut form).await? {
        return Err(refused(more.name().unwrap_or_default(), "is too much: the form holds one `file` alone"));
    }
    Ok(upload.finish().await?)
}

fn described(name: Option<FileName>, about: &About) -> Result<NewFile, Problem> {
    Ok(NewFile { name: name.ok_or_else(|| refused("name", "is missing"))?, episode_id: about.episode_id })
}

/// Hands the bytes on as they come.
async fn write<B, E>(
    upload: &mut Upload<'_>,
    bytes: &mut (impl Stream<Item = Result<B, E>> + Unpin),
) -> Result<(), Problem>
where
    B: AsRef<[u8]>,
{
    while let Some(some) = next(bytes).await? {
        upload.write(some.as_ref()).await?;
    }
    Ok(())
}

fn refused(field: &str, reason: impl Display) -> Problem {
    Problem::invalid(vec![FieldError::new(field, reason)])
}

/// What comes next, in time and whole.
async fn next<T, E>(stream: &mut (impl Stream<Item = Result<T, E>> + Unpin)) -> Result<Option<T>, Problem> {
    let late = |_| Problem::new(Code::RequestTimeout, "Send the next bytes within 30 seconds.");
    let next = timeout(PATIENCE, stream.next()).await.map_err(late)?;
    next.transpose().map_err(|_| Problem::malformed("The body broke off or is no form: send the request again."))
}

/// How the file of a form is called, where it says so.
fn file_name(field: &Field) -> Result<Option<FileName>, Problem> {
    let name = field.content_disposition().and_then(|disposition| disposition.get_filename());
    name.map(FileName::parse).transpose().map_err(|reason| refused("name", reason))
}

fn is_form(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("multipart/form-data")
}
