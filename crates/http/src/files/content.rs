//! The bytes of a file, all of them or a range (RFC 9110 section 14).

use actix_web::body::SizedStream;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, Charset,
    ContentDisposition, DispositionParam, DispositionType, ETAG, EntityTag, ExtendedValue, Header as _, IF_RANGE,
    IfNoneMatch, RANGE, Range,
};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError as _, web};
use futures_util::stream::{self, Stream};
use showrunner_domain::file::{BlobError, BlobReader, ByteRange, File, FileId, FileService};
use showrunner_web::{Code, Identified, Problem, causes};

use crate::answer::Answer;
use crate::{path, query};

pub(super) async fn content(
    Identified(caller): Identified,
    request: HttpRequest,
    files: web::Data<FileService>,
) -> Answer {
    let id: FileId = path::id(&request)?;
    query::none(&request)?;
    let file = files.get(&caller, id).await?;
    let tag = EntityTag::new_strong(file.sha256.as_str().to_owned());
    if is_known(&request, &tag) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, tag.to_string())).finish());
    }
    let asked = asked(&request, &tag, file.size);
    let range = match asked {
        Asked::All => 0..file.size,
        Asked::Some(ref range) => range.clone(),
        Asked::Nothing => return Ok(unsatisfiable(file.size)),
    };
    let mut head = head(&file, &tag, matches!(asked, Asked::Some(_)).then_some(&range));
    let length = range.end - range.start;
    if request.method() == Method::HEAD {
        return Ok(head.body(SizedStream::new(length, stream::empty::<Result<web::Bytes, BlobError>>())));
    }
    let reader = files.open(&caller, &file, range).await?;
    Ok(head.body(SizedStream::new(length, pieces(reader))))
}

/// Which bytes are asked for.
enum Asked {
    All,
    Some(ByteRange),
    /// None that the file has.
    Nothing,
}

/// What `Range` asks for. Several ranges, and those of a file that has changed since, are answered by all of it.
fn asked(request: &HttpRequest, tag: &EntityTag, size: u64) -> Asked {
    let changed = request.headers().get(IF_RANGE).is_some_and(|known| known.as_bytes() != tag.to_string().as_bytes());
    if changed || !request.headers().contains_key(RANGE) {
        return Asked::All;
    }
    match Range::parse(request) {
        Ok(Range::Bytes(ranges)) => match &ranges[..] {
            [range] => range.to_satisfiable_range(size).map_or(Asked::Nothing, |(from, to)| Asked::Some(from..to + 1)),
            _ => Asked::All,
        },
        _ => Asked::All,
    }
}

/// Whether the client says that it has these bytes already.
fn is_known(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(tag)),
        Err(_) => false,
    }
}

/// The head of the answer. What comes from others is shown by no browser as a part of this server.
fn head(file: &File, tag: &EntityTag, part: Option<&ByteRange>) -> HttpResponseBuilder {
    let status = if part.is_some() { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
    let mut head = HttpResponse::build(status);
    head.insert_header((CONTENT_TYPE, file.content_type.as_str()))
        .insert_header((CONTENT_DISPOSITION, disposition(file.name.as_str())))
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header((CACHE_CONTROL, "private, no-cache"))
        .insert_header(("accept-ranges", "bytes"))
        .insert_header((ETAG, tag.to_string()));
    if let Some(ByteRange { start, end }) = part {
        head.insert_header((CONTENT_RANGE, format!("bytes {start}-{}/{}", end.saturating_sub(1), file.size)));
    }
    head
}

/// The name of the file, once in ASCII for old clients and once as it is (RFC 6266 appendix D).
fn disposition(name: &str) -> ContentDisposition {
    let plain = |c: char| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' { c } else { '_' };
    let extended = ExtendedValue {
        charset: Charset::Ext("UTF-8".to_owned()),
        language_tag: None,
        value: name.as_bytes().to_vec(),
    };
    ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![
            DispositionParam::Filename(name.chars().map(plain).collect()),
            DispositionParam::FilenameExt(extended),
        ],
    }
}

fn unsatisfiable(size: u64) -> HttpResponse {
    let problem = Problem::new(Code::RangeNotSatisfiable, format!("The file has {size} bytes: ask for some of these."));
    let mut answer = problem.error_response();
    if let Ok(range) = format!("bytes */{size}").parse() {
        answer.headers_mut().insert(CONTENT_RANGE, range);
    }
    answer
}

/// The bytes that `reader` reads, piece by piece. Where reading fails the answer breaks off: its length was announced.
fn pieces(reader: Box<dyn BlobReader>) -> impl Stream<Item = Result<web::Bytes, BlobError>> {
    Box::pin(stream::try_unfold(reader, |mut reader| async move {
        let piece = reader.next().await;
        if let Err(error) = &piece {
            tracing::error!(error = causes(error), "a file could not be read to its end");
        }
        Ok(piece?.map(|bytes| (web::Bytes::from(bytes), reader)))
    }))
}
