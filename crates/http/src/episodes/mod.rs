//! Episodes over HTTP.

mod fields;
mod query;
mod read;
mod write;

use actix_web::web::{self, ServiceConfig};

pub(crate) use query::read_of_show as query_of_show;

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/episodes").get(read::list).head(read::list).post(write::create))
        .service(
            web::resource("/episodes/{id}")
                .get(read::get)
                .head(read::get)
                .put(write::update)
                .patch(write::update)
                .delete(write::delete),
        )
        .service(web::resource("/episodes/{id}/restore").post(write::restore));
}
