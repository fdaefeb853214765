//! What the server says in words: read once at the start, from `data/` and what an operator changes.

use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::{
    domain::{Campaign, Language, Vocabulary},
    query, report,
    store::{Store, StoreError},
};

/// Facts about the store: it may be filled while it is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreFacts {
    /// Everything is made up.
    pub illustration: bool,
    /// Name of the province.
    pub province: Option<String>,
}

/// Words, and what is shown with them.
pub struct Wording {
    /// Words for codes.
    pub codes: Vocabulary,
    /// Words for columns and pages.
    pub columns: query::Words,
    /// Words of reports, Vietnamese and English.
    reports: [report::Words; 2],
    campaigns: ArcSwap<Campaigns>,
    about: ArcSwap<StoreFacts>,
}

/// Emulation campaigns, and how often others took their place: answers that are kept tell which they are of.
#[derive(Debug)]
pub struct Campaigns {
    /// The campaigns.
    pub all: Vec<Campaign>,
    /// Number of this state of them.
    pub number: u64,
}

impl StoreFacts {
    /// As the store says.
    ///
    /// # Errors
    /// [`StoreError`] when the settings can't be read from the store.
    pub fn read(store: &dyn Store) -> Result<Self, StoreError> {
        let illustration = store.setting("illustration")?.as_deref() == Some("true");
        Ok(Self { illustration, province: store.setting("province")? })
    }
}

impl Wording {
    /// All of it.
    pub fn new(
        codes: Vocabulary,
        columns: query::Words,
        reports: [report::Words; 2],
        campaigns: Vec<Campaign>,
        about: StoreFacts,
    ) -> Self {
        Self {
            codes,
            columns,
            reports,
            campaigns: ArcSwap::from_pointee(Campaigns { all: campaigns, number: 0 }),
            about: ArcSwap::from_pointee(about),
        }
    }

    /// The words of reports in a language.
    pub fn report(&self, language: Language) -> &report::Words {
        let [vi, en] = &self.reports;
        if language == Language::Vi { vi } else { en }
    }

    /// Emulation campaigns.
    pub fn campaigns(&self) -> Arc<Campaigns> {
        self.campaigns.load_full()
    }

    /// Takes other campaigns.
    pub fn set_campaigns(&self, all: &[Campaign]) {
        self.campaigns.rcu(|before| Campaigns { all: all.to_vec(), number: before.number + 1 });
    }

    /// Facts about the store.
    pub fn about(&self) -> Arc<StoreFacts> {
        self.about.load_full()
    }

    /// Takes the facts as the store says them now.
    ///
    /// # Errors
    /// [`StoreError`] when the settings can't be read from the store.
    pub fn refresh(&self, store: &dyn Store) -> Result<(), StoreError> {
        self.about.store(Arc::new(StoreFacts::read(store)?));
        Ok(())
    }
}
