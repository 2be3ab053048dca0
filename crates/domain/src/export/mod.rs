//! Exports: episodes as the tables that imports read.

mod bulk_export;
mod cells;
#[cfg(test)]
mod round_trip;
mod rows;
#[cfg(test)]
mod tests;
mod text;

pub use bulk_export::BulkExport;
