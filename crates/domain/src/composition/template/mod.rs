//! Templates: layouts that say, role by role, what layers leave open.

mod built_in;
mod port;
mod record;
mod service;
mod transition;

pub use built_in::{DEFAULT_TEMPLATE, built_in, find_built_in};
#[cfg(any(test, feature = "mocks"))]
pub use port::MockTemplateStore;
pub use port::TemplateStore;
pub use record::{
    NewTemplate, Template, TemplateAfter, TemplateDescription, TemplateId, TemplateName, TemplatePatch, TemplateQuery,
};
pub use service::TemplateService;
