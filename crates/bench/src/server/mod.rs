//! The server that is measured, from its folder to its end.

mod home;
mod running;

pub(crate) use home::Home;
pub(crate) use running::Server;
