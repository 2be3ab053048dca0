//! Stopping work that nobody waits for any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use showrunner_domain::composition::RenderError;

/// Says to work on another thread that nobody waits for it any more.
#[derive(Clone, Default)]
pub(crate) struct Stop(Arc<AtomicBool>);

/// Says so when it goes, as it does with the future that waits.
pub(crate) struct StopOnDrop(Stop);

impl Stop {
    /// What says so when it goes.
    pub(crate) fn on_drop(&self) -> StopOnDrop {
        StopOnDrop(self.clone())
    }

    /// # Errors
    /// Where nobody waits any more.
    pub(crate) fn check(&self) -> Result<(), RenderError> {
        let stopped = self.0.load(Ordering::Relaxed);
        if stopped { Err(RenderError::Failed("nobody waits for it any more".into())) } else { Ok(()) }
    }
}

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use showrunner_domain::composition::{Format, LayerDrafts, Layers, Scene, Words};

    use super::*;
    use crate::fonts::Fonts;
    use crate::svg::document;

    #[test]
    fn nothing_is_drawn_that_nobody_waits_for_any_more() {
        let fonts = Fonts::new(Vec::new()).unwrap();
        let drafts = LayerDrafts::read("layers", json!([{"role": "shade", "kind": "shape"}])).unwrap();
        let layers = drafts.complete(&Layers::default()).unwrap();
        let scene = Scene::of(&layers, Format::Youtube, &Words::default(), |_| None).unwrap();
        let stop = Stop::default();
        let waiting = stop.on_drop();
        assert!(document(&scene, &[], &fonts, &stop).is_ok());
        drop(waiting);
        assert!(matches!(document(&scene, &[], &fonts, &stop), Err(RenderError::Failed(_))));
    }
}
