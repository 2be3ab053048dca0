//! Shows over HTTP.

mod fields;
mod query;
mod read;
mod write;

use actix_web::web::{self, ServiceConfig};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/shows").get(read::list).head(read::list).post(write::create))
        .service(
            web::resource("/shows/{id}")
                .get(read::get)
                .head(read::get)
                .put(write::update)
                .patch(write::update)
                .delete(write::delete),
        )
        .service(web::resource("/shows/{id}/episodes").get(read::episodes).head(read::episodes));
}
