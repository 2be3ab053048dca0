//! Endpoints: the one value that is mounted and told of.
//!
//! An [`Endpoint`] cannot be made without its [`Operation`], so whatever answers requests stands in the OpenAPI
//! document. What a request may hold is not written down twice: the document asks the very functions that read it.

mod mount;
mod operation;

use actix_web::http::Method;
use actix_web::web::{head, method};
use actix_web::{FromRequest, Handler, Responder, Route};

pub(crate) use mount::mount;
pub(crate) use operation::{
    Access, AnswerHeader, Body, Content, Header, Object, Operation, Success, nothing, schema, text,
};

/// One method of one path: what answers it, and all that is told of it.
pub(crate) struct Endpoint {
    /// The method. GET stands for HEAD too.
    pub(crate) method: Method,
    /// The whole path, with variables as `{name}`.
    pub(crate) path: &'static str,
    /// What is told of it.
    pub(crate) operation: Operation,
    routes: Vec<Route>,
}

impl Endpoint {
    /// Answers GET, and HEAD with the same head.
    pub(crate) fn get<F, Args>(path: &'static str, handler: F, operation: Operation) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let routes = vec![method(Method::GET).to(handler.clone()), head().to(handler)];
        Self { method: Method::GET, path, operation, routes }
    }

    /// Answers one method other than GET.
    pub(crate) fn on<F, Args>(verb: Method, path: &'static str, handler: F, operation: Operation) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let routes = vec![method(verb.clone()).to(handler)];
        Self { method: verb, path, operation, routes }
    }

    /// A GET that another room mounts: told of here, answered there.
    pub(crate) const fn elsewhere(path: &'static str, operation: Operation) -> Self {
        Self { method: Method::GET, path, operation, routes: Vec::new() }
    }
}
