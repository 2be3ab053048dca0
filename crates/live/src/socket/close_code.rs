//! The close codes that the server sends (RFC 6455 section 7.4) and what each asks of the client.

/// Come back and resume with `since`: this server drains, or the client was too slow or silent.
pub const RESUME: u16 = 4000;

/// Authenticate again on a new connection: no token came in time, or it was not accepted or not renewed.
pub const AUTHENTICATE: u16 = 4401;

/// A frame that breaks RFC 6455.
pub const PROTOCOL: u16 = 1002;

/// A text that is no UTF-8.
pub const NOT_UTF8: u16 = 1007;

/// Too many errors in a row: do not come back before the client is mended.
pub const POLICY: u16 = 1008;

/// A message of more than 64 KiB.
pub const TOO_BIG: u16 = 1009;
