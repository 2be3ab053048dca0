//! The HTTP server: actix-web's own, but on streams that can be ended from outside.
//!
//! actix-web lets nobody else hold a connection's socket, and to duplicate its descriptor costs each client a second one.
//! So this puts together what `HttpServer` does, with [`Stream`] in place of the bare TCP stream.

use std::fmt;
use std::io;
use std::net::TcpListener;
use std::time::Duration;

use actix_http::{HttpService, Protocol, Request, Response};
use actix_service::{IntoServiceFactory, Service, ServiceFactory, ServiceFactoryExt as _, fn_service, map_config};
use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, Server};
use actix_web::rt::net::TcpStream;

use crate::tcp::{Stream, remember_socket};

/// How long a connection whose client does not close it is waited for.
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// How a server treats its connections.
#[derive(Debug, Clone, Copy)]
pub struct ServerConfig {
    /// How many threads serve requests; as many as there are cores where it is not said.
    pub workers: Option<usize>,
    /// How long a client may take to send a request's head.
    pub head: Duration,
    /// How long an idle connection is kept for its next request.
    pub keep_alive: Duration,
    /// How long requests that were accepted have to finish once the server was told to stop, in seconds.
    pub drain: u64,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self { workers: None, head: Duration::from_secs(10), keep_alive: Duration::from_secs(75), drain: 30 }
    }
}

/// A server of the apps that `app` makes, one a worker, on `listener`. Signals are left to the caller.
pub fn serve<F, I, S, B>(listener: TcpListener, config: ServerConfig, app: F) -> io::Result<Server>
where
    F: Fn() -> I + Send + Clone + 'static,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig> + 'static,
    S::Error: Into<Error> + 'static,
    S::InitError: fmt::Debug,
    S::Response: Into<Response<B>> + 'static,
    S::Service: 'static,
    <S::Service as Service<Request>>::Future: 'static,
    B: MessageBody + 'static,
{
    let mut server = Server::build().disable_signals().shutdown_timeout(config.drain);
    if let Some(workers) = config.workers {
        server = server.workers(workers);
    }
    let stopping = server.graceful_shutdown_signal();
    let server = server.listen("showrunner", listener, move || {
        let stopping = stopping.clone();
        let app = app().into_factory().map_err(|error: S::Error| error.into().error_response());
        let http = HttpService::build()
            .keep_alive(config.keep_alive)
            .client_request_timeout(config.head)
            .client_disconnect_timeout(DISCONNECT_TIMEOUT)
            // Idle connections are closed at once then.
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .on_connect_ext(remember_socket)
            .finish(map_config(app, |()| AppConfig::default()));
        fn_service(|stream: TcpStream| async move {
            let peer = stream.peer_addr().ok();
            Ok((Stream::new(stream), Protocol::Http1, peer))
        })
        .and_then(http)
    })?;
    Ok(server.run())
}
