//! Reading templates. They are written through the ledger.

use async_trait::async_trait;

use super::{Template, TemplateAfter, TemplateId, TemplateQuery};
use crate::{Page, StoreError};

/// Reads the templates that somebody has made; those that come with the program are in no store.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait TemplateStore: Send + Sync {
    /// The template of this identifier.
    async fn find_template(&self, id: TemplateId) -> Result<Option<Template>, StoreError>;

    /// A page of the templates, the newest first.
    async fn list_templates(&self, query: TemplateQuery) -> Result<Page<Template, TemplateAfter>, StoreError>;
}
