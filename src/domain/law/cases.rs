//! The worked cases of the law, by number, with their days.

use super::*;
use crate::domain::{Day, LedgerPosition, Stage, StageDays};

/// Ours, read once.
pub(super) fn law() -> Law {
    static LAW: std::sync::LazyLock<Law> = std::sync::LazyLock::new(|| law_with(&[]));
    LAW.clone()
}

pub(super) fn law_with(own: &[(String, String)]) -> Law {
    let calendar = crate::domain::calendar(None).unwrap();
    Law::read(&LawFiles::with(own).unwrap(), &Arc::new(calendar)).unwrap()
}

/// A day written as papers do.
fn d(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// Days as papers write them; none as a dash.
fn written(day: Option<Day>) -> String {
    day.map_or_else(|| "—".to_owned(), |day| day.date().strftime("%-d/%-m/%Y").to_string())
}

/// A case that is built act by act.
#[derive(Clone)]
struct Story {
    facts: Vec<Fact>,
    land: LandGroup,
}

impl Story {
    fn of(land: LandGroup) -> Self {
        Self { facts: Vec::new(), land }
    }

    fn act(self, act: Act, day: &str) -> Self {
        self.details(act, day, ActDetails::default())
    }

    fn details(mut self, act: Act, day: &str, details: ActDetails) -> Self {
        self.facts.push(Fact { act, day: d(day), at: LedgerPosition(self.facts.len() as u64 + 1), details });
        self.facts.sort_by_key(|fact| fact.day);
        self
    }

    fn days(&self) -> StageDays {
        let mut days = StageDays::default();
        for stage in Stage::ALL {
            let first = self.facts.iter().find(|fact| fact.act == Act::from(stage)).map(|fact| fact.day);
            days.set(stage, first);
        }
        days
    }

    fn with<T>(&self, ask: impl FnOnce(&CaseFile<'_>) -> T) -> T {
        ask(&CaseFile { land: Some(self.land), ..CaseFile::new(self.days(), &self.facts) })
    }

    /// Earliest, edge and latest day of an act, as known on a day.
    fn days_of(&self, act: Act, on: &str) -> (String, String, String) {
        let outlook = self.with(|file| law().outlook(file, act, d(on)));
        (written(outlook.earliest), written(outlook.edge), written(outlook.latest))
    }

    /// The marks on an act if it comes on `day`, papers aside.
    fn if_on(&self, act: Act, day: &str) -> Vec<&'static str> {
        let law = law();
        let marks = self.with(|file| law.marks_if(file, act, d(day), &ActDetails::default()));
        marks.into_iter().filter(|mark| mark.code != MarkCode::P).map(|mark| mark.code.code()).collect()
    }

    /// As [`Story::if_on`] where something is said with it; papers too.
    fn if_detailed(&self, act: Act, day: &str, details: &ActDetails) -> Vec<&'static str> {
        let law = law();
        self.with(|file| law.marks_if(file, act, d(day), details))
            .iter()
            .map(|mark| mark.code.code())
            .collect()
    }
}

fn sent(day: &str) -> ActDetails {
    ActDetails { sent: Some(d(day)), ..ActDetails::default() }
}

fn effect(day: &str) -> ActDetails {
    ActDetails { effect: Some(d(day)), resettlement: Some(false), ..ActDetails::default() }
}

fn until(day: &str) -> ActDetails {
    ActDetails { until: Some(d(day)), ..ActDetails::default() }
}

const NONE: [&str; 0] = [];

fn days(earliest: &str, edge: &str, latest: &str) -> (String, String, String) {
    (earliest.to_owned(), edge.to_owned(), latest.to_owned())
}

#[test]
fn case_1_farm_land_in_2025() {
    let story = Story::of(LandGroup::Farm)
        .details(Act::Notice, "3/3/2025", sent("3/3/2025"))
        .act(Act::PlanPosted, "1/4/2025")
        .details(Act::PlanApproved, "16/6/2025", effect("16/6/2025"));
    assert_eq!(story.days_of(Act::RecoveryDecided, "16/6/2025"), days("16/6/2025", "—", "26/6/2025"));
    let notice = Story::of(LandGroup::Farm).details(Act::Notice, "3/3/2025", sent("3/3/2025"));
    let floor = notice.with(|file| law().outlook(file, Act::RecoveryDecided, d("1/4/2025")));
    assert_eq!((written(floor.not_before), written(floor.edge)), ("2/6/2025".into(), "1/6/2025".into()));
    assert_eq!(story.days_of(Act::Paid, "16/6/2025").2, "16/7/2025");
    assert_eq!(story.if_on(Act::RecoveryDecided, "26/6/2025"), NONE);
    assert_eq!(story.if_on(Act::RecoveryDecided, "27/6/2025"), ["L"]);
    let early = Story::of(LandGroup::Farm)
        .details(Act::Notice, "3/3/2025", sent("3/3/2025"))
        .act(Act::PlanPosted, "1/4/2025")
        .details(Act::PlanApproved, "26/5/2025", effect("26/5/2025"));
    assert_eq!(early.if_on(Act::RecoveryDecided, "31/5/2025"), ["V"]);
    assert_eq!(early.if_on(Act::RecoveryDecided, "1/6/2025"), ["EDGE"]);
    assert_eq!(early.if_on(Act::RecoveryDecided, "2/6/2025"), NONE);
    let signed = |signer| ActDetails { signer: Some(signer), ..ActDetails::default() };
    assert_eq!(story.if_detailed(Act::RecoveryDecided, "20/6/2025", &signed(Signer::DistrictPc)), NONE);
    assert_eq!(story.if_detailed(Act::RecoveryDecided, "20/6/2025", &signed(Signer::CommuneChair)), ["A"]);
}

#[test]
fn case_2_a_house_plot_with_resettlement() {
    let plan = ActDetails { effect: Some(d("1/8/2025")), resettlement: Some(true), ..ActDetails::default() };
    let plot = ActDetails { condition: Some(Condition::Plot), ..ActDetails::default() };
    let story = Story::of(LandGroup::Other)
        .details(Act::Notice, "3/3/2025", sent("3/3/2025"))
        .act(Act::PlanPosted, "1/5/2025")
        .details(Act::PlanApproved, "1/8/2025", plan)
        .details(Act::Resettled, "20/8/2025", plot);
    assert_eq!(story.days_of(Act::RecoveryDecided, "20/8/2025"), days("31/8/2025", "30/8/2025", "3/9/2025"));
    assert_eq!(story.days_of(Act::Paid, "20/8/2025").2, "3/9/2025");
    assert_eq!(story.if_on(Act::RecoveryDecided, "28/8/2025"), ["V"]);
    assert_eq!(story.if_on(Act::RecoveryDecided, "4/9/2025"), ["L"]);
    assert_eq!(story.if_on(Act::RecoveryDecided, "3/9/2025"), NONE);
}

#[test]
fn case_3_a_plan_of_2025_keeps_the_ninety_days() {
    let story = Story::of(LandGroup::Farm)
        .details(Act::Notice, "10/11/2025", sent("10/11/2025"))
        .act(Act::PlanPosted, "15/11/2025")
        .details(Act::PlanApproved, "22/12/2025", effect("22/12/2025"));
    for on in ["22/12/2025", "5/1/2026", "3/2/2026"] {
        assert_eq!(story.days_of(Act::RecoveryDecided, on), days("9/2/2026", "8/2/2026", "9/2/2026"), "{on}");
    }
    let outlook = story.with(|file| law().outlook(file, Act::RecoveryDecided, d("5/1/2026")));
    assert_eq!(written(outlook.over), "5/1/2026");
    let running = story.with(|file| law().running(file, d("20/1/2026")));
    let recovery = running.iter().find(|one| one.act == Act::RecoveryDecided).unwrap();
    assert_eq!((written(Some(recovery.due)), written(recovery.over)), ("9/2/2026".into(), "5/1/2026".into()));
    let marks = story.with(|file| law().marks(file, d("20/1/2026")));
    assert!(!marks.iter().any(|mark| mark.act == Act::RecoveryDecided), "not late before the wait is over");
    assert_eq!(story.if_on(Act::RecoveryDecided, "9/2/2026"), ["FLOOR_OVER_MAX"]);
    assert_eq!(story.if_on(Act::RecoveryDecided, "10/2/2026"), ["FLOOR_OVER_MAX", "L"]);
    assert_eq!(story.if_on(Act::RecoveryDecided, "8/2/2026"), ["EDGE", "FLOOR_OVER_MAX"]);
    let after = story.with(|file| {
        law().transitions_of(file, d("1/2/2026")).iter().map(|row| row.id.clone()).collect::<Vec<_>>()
    });
    assert!(after.contains(&"T9".to_owned()) && after.contains(&"T15".to_owned()), "{after:?}");
}

#[test]
fn case_5_ten_days_in_three_places_and_a_dialogue_over_the_new_year() {
    let all = ActDetails {
        places: vec![Posted::Headquarters, Posted::Community, Posted::Portal].into(),
        ..ActDetails::default()
    };
    let posted = Story::of(LandGroup::Farm).act(Act::Notice, "1/12/2025").act(Act::Inventory, "10/12/2025");
    let story = posted.clone().details(Act::PlanPosted, "5/1/2026", all.clone());
    assert_eq!(story.days_of(Act::Consulted, "5/1/2026").0, "16/1/2026");
    assert_eq!(story.if_on(Act::Consulted, "15/1/2026"), ["V"]);
    assert_eq!(story.if_on(Act::Consulted, "16/1/2026"), NONE);
    let meeting = ActDetails { agree: Some(20), disagree: Some(1), ..ActDetails::default() };
    let met = story.details(Act::Consulted, "16/1/2026", meeting);
    assert_eq!(met.days_of(Act::Dialogue, "16/1/2026").2, "23/2/2026");
    assert_eq!(posted.if_detailed(Act::PlanPosted, "5/1/2026", &all), NONE);
    let two =
        ActDetails { places: vec![Posted::Headquarters, Posted::Community].into(), ..ActDetails::default() };
    assert_eq!(posted.if_detailed(Act::PlanPosted, "5/1/2026", &two), ["P"], "no portal");
}

#[test]
fn case_6_thirty_days_of_posting_in_2025() {
    let story = Story::of(LandGroup::Farm).act(Act::Notice, "1/4/2025").act(Act::PlanPosted, "2/6/2025");
    assert_eq!(story.days_of(Act::Consulted, "2/6/2025").0, "3/7/2025");
    assert_eq!(story.if_on(Act::Consulted, "2/7/2025"), ["V"]);
    let met =
        story.details(Act::Consulted, "3/7/2025", ActDetails { disagree: Some(2), ..ActDetails::default() });
    assert_eq!(met.days_of(Act::Dialogue, "3/7/2025").2, "3/9/2025");
    assert_eq!(met.days_of(Act::Submitted, "3/7/2025").2, "3/9/2025");
}

#[test]
fn case_7_thirty_calendar_days_of_appraisal() {
    let story = Story::of(LandGroup::Farm).act(Act::Notice, "1/8/2025").act(Act::Submitted, "2/12/2025");
    let (earliest, _, latest) = story.days_of(Act::Appraised, "2/12/2025");
    assert_eq!((earliest.as_str(), latest.as_str()), ("2/12/2025", "5/1/2026"));
}

#[test]
fn case_9_a_notice_issued_again_frees_from_the_wait() {
    let story = Story::of(LandGroup::Other)
        .details(Act::Notice, "15/12/2025", sent("15/12/2025"))
        .act(Act::PlanPosted, "1/10/2026");
    let on_15 = story.with(|file| law().expiry(file, d("15/12/2026"))).unwrap();
    assert_eq!(written(Some(on_15.until)), "15/12/2026");
    let hasty = story.clone().details(Act::PlanApproved, "15/12/2026", effect("15/12/2026"));
    for day in ["16/12/2026", "20/12/2026"] {
        assert!(hasty.if_on(Act::RecoveryDecided, day).contains(&"V"), "{day}");
    }
    let again = story.details(Act::NoticeReissued, "21/12/2026", sent("21/12/2026")).details(
        Act::PlanApproved,
        "28/12/2026",
        effect("28/12/2026"),
    );
    assert_eq!(again.days_of(Act::RecoveryDecided, "28/12/2026"), days("28/12/2026", "—", "7/1/2027"));
    assert_eq!(again.if_on(Act::RecoveryDecided, "28/12/2026"), NONE);
}

#[test]
fn case_10_issued_again_before_the_text_that_waives() {
    let story = Story::of(LandGroup::Farm).details(Act::Notice, "3/12/2024", sent("3/12/2024")).details(
        Act::NoticeReissued,
        "8/1/2026",
        sent("8/1/2026"),
    );
    let outlook = story.with(|file| law().outlook(file, Act::RecoveryDecided, d("5/2/2026")));
    assert_eq!((written(outlook.not_before), written(outlook.edge)), ("10/3/2026".into(), "9/3/2026".into()));
    let plan =
        story.act(Act::PlanPosted, "10/1/2026").details(Act::PlanApproved, "2/3/2026", effect("2/3/2026"));
    assert_eq!(plan.days_of(Act::RecoveryDecided, "2/3/2026").2, "12/3/2026", "from the approval");
    assert_eq!(plan.if_on(Act::RecoveryDecided, "6/3/2026"), ["NO_TEXT"]);
    assert_eq!(plan.if_on(Act::RecoveryDecided, "10/3/2026"), NONE);
}

#[test]
fn case_11_a_notice_of_the_old_law_lapsed() {
    let old = Story::of(LandGroup::Other).details(Act::Notice, "10/6/2024", sent("10/6/2024"));
    let plan = |story: Story| {
        story.act(Act::PlanPosted, "1/2/2026").details(Act::PlanApproved, "4/5/2026", effect("4/5/2026"))
    };
    assert!(plan(old.clone()).if_on(Act::RecoveryDecided, "6/5/2026").contains(&"V"), "the old notice");
    let marks = plan(old.clone())
        .with(|file| law().marks_if(file, Act::RecoveryDecided, d("6/5/2026"), &ActDetails::default()));
    let law_ = law();
    assert!(marks.iter().any(|mark| law_.rule_id(mark.rule) == Some("T3")), "{marks:?}");
    let new = plan(old.details(Act::Notice, "12/1/2026", sent("12/1/2026")));
    let outlook = new.with(|file| law().outlook(file, Act::RecoveryDecided, d("4/5/2026")));
    assert_eq!((written(outlook.earliest), written(outlook.edge)), ("13/5/2026".into(), "12/5/2026".into()));
    assert_eq!(written(outlook.expires), "12/1/2027");
    assert_eq!(
        new.if_on(Act::RecoveryDecided, "11/5/2026"),
        ["V"],
        "the new notice is none that is issued again"
    );
}

#[test]
fn case_13_more_than_three_quarters_agree() {
    let all = ActDetails {
        places: vec![Posted::Headquarters, Posted::Community, Posted::Portal].into(),
        ..ActDetails::default()
    };
    let story = Story::of(LandGroup::Farm)
        .details(Act::Notice, "20/3/2026", sent("20/3/2026"))
        .act(Act::Inventory, "1/4/2026")
        .details(Act::PlanPosted, "1/6/2026", all);
    let confirmed = |agree| ActDetails { agree: Some(agree), total: Some(40), ..ActDetails::default() };
    let path = ActDetails { path: Some(Path::Agreed), ..ActDetails::default() };
    let agreed = story.clone().details(Act::AgreementConfirmed, "12/6/2026", confirmed(31));
    let outlook = agreed.with(|file| law().outlook(file, Act::RecoveryDecided, d("12/6/2026")));
    assert_eq!(written(outlook.earliest), "12/6/2026");
    let floor = outlook.why.iter().find(|reason| law().rule_id(reason.rule) == Some("C03")).unwrap().day;
    assert_eq!(written(Some(floor)), "20/5/2026");
    assert_eq!(outlook.latest, None, "no national end");
    assert_eq!(agreed.if_detailed(Act::RecoveryDecided, "12/6/2026", &path), NONE);
    assert!(agreed.if_detailed(Act::RecoveryDecided, "11/6/2026", &path).contains(&"V"));
    assert!(story.if_detailed(Act::RecoveryDecided, "15/6/2026", &path).contains(&"V"), "no confirmation");
    assert_eq!(story.if_detailed(Act::AgreementConfirmed, "12/6/2026", &confirmed(30)), ["V"]);
    assert_eq!(story.if_detailed(Act::AgreementConfirmed, "12/6/2026", &confirmed(31)), NONE);
    let too_few = story.details(Act::AgreementConfirmed, "12/6/2026", confirmed(30));
    assert!(too_few.if_on(Act::RecoveryDecided, "15/6/2026").contains(&"V"), "no way without a plan");
}

#[test]
fn case_14_persuasion_before_a_mandatory_inventory() {
    let story = Story::of(LandGroup::Farm).act(Act::Notice, "1/2/2026").details(
        Act::PersuasionInventory,
        "2/3/2026",
        until("17/3/2026"),
    );
    let outlook = story.with(|file| law().outlook(file, Act::MandatoryInventory, d("17/3/2026")));
    assert_eq!(written(outlook.earliest), "28/3/2026");
    assert_eq!(written(outlook.office_day(&law())), "30/3/2026");
    assert_eq!(outlook.latest, None);
    assert_eq!(story.if_on(Act::MandatoryInventory, "27/3/2026"), ["V"]);
    assert_eq!(story.if_on(Act::MandatoryInventory, "28/3/2026"), NONE);
    let short = Story::of(LandGroup::Farm).act(Act::Notice, "1/2/2026");
    assert_eq!(
        short.if_detailed(Act::PersuasionInventory, "2/3/2026", &until("16/3/2026")),
        ["V"],
        "fourteen days"
    );
}

#[test]
fn case_15_five_working_days_of_the_board() {
    let story = Story::of(LandGroup::Farm)
        .act(Act::Notice, "1/1/2026")
        .details(
            Act::InventoryEnforcement,
            "15/4/2026",
            ActDetails { received: Some(d("16/4/2026")), ..ActDetails::default() },
        )
        .act(Act::BoardPersuasion, "20/4/2026");
    assert_eq!(story.days_of(Act::InventoryEnforced, "20/4/2026"), days("29/4/2026", "—", "—"));
    assert_eq!(story.if_on(Act::InventoryEnforced, "28/4/2026"), ["V"]);
    assert_eq!(story.if_on(Act::InventoryEnforced, "29/4/2026"), NONE);
    let tet = Story::of(LandGroup::Farm)
        .act(Act::Notice, "1/11/2025")
        .details(
            Act::InventoryEnforcement,
            "5/1/2026",
            ActDetails { received: Some(d("6/1/2026")), ..ActDetails::default() },
        )
        .act(Act::BoardPersuasion, "12/1/2026");
    assert_eq!(tet.if_on(Act::InventoryEnforced, "3/2/2026"), NONE, "no blackout for an inventory");
}

#[test]
fn case_18_compliance_gives_thirty_days() {
    let story = Story::of(LandGroup::Farm)
        .act(Act::RecoveryDecided, "1/6/2026")
        .act(Act::Paid, "1/6/2026")
        .act(Act::EnforcementDecided, "20/7/2026")
        .act(Act::Complied, "3/8/2026");
    assert_eq!(story.days_of(Act::HandedOver, "3/8/2026").2, "3/9/2026");
    assert_eq!(story.if_on(Act::HandedOver, "3/8/2026"), NONE);
    assert_eq!(story.if_on(Act::HandedOver, "3/9/2026"), NONE);
    assert_eq!(story.if_on(Act::HandedOver, "4/9/2026"), ["L"]);
}

#[test]
fn case_19_the_old_law_approves_and_decides_on_one_day() {
    let notice = Story::of(LandGroup::Farm)
        .details(Act::Notice, "4/3/2024", sent("4/3/2024"))
        .act(Act::PlanPosted, "1/5/2024");
    let floor = notice.with(|file| law().outlook(file, Act::RecoveryDecided, d("1/5/2024")));
    assert_eq!((written(floor.not_before), written(floor.edge)), ("3/6/2024".into(), "2/6/2024".into()));
    let story = notice.details(Act::PlanApproved, "17/6/2024", effect("17/6/2024"));
    assert_eq!(story.days_of(Act::RecoveryDecided, "17/6/2024"), days("17/6/2024", "—", "17/6/2024"));
    assert_eq!(story.if_on(Act::RecoveryDecided, "17/6/2024"), NONE);
    assert_eq!(story.if_on(Act::RecoveryDecided, "18/6/2024"), ["V"]);
    let decided = story.details(
        Act::RecoveryDecided,
        "17/6/2024",
        ActDetails { effect: Some(d("17/6/2024")), ..ActDetails::default() },
    );
    assert_eq!(decided.days_of(Act::Paid, "20/6/2024").2, "17/7/2024");
}

#[test]
fn case_21_the_new_holiday_moves_a_term() {
    let story = Story::of(LandGroup::Farm).act(Act::PlanPosted, "1/10/2026").details(
        Act::Consulted,
        "25/10/2026",
        ActDetails { disagree: Some(1), ..ActDetails::default() },
    );
    assert_eq!(story.days_of(Act::Dialogue, "25/10/2026"), days("25/10/2026", "—", "25/11/2026"));
    let without = include_str!("../../../data/calendar.toml")
        .replace("day = \"11-24\"\nsince = 2026", "day = \"11-24\"\nsince = 2149");
    let calendar = crate::domain::calendar(Some(&without)).unwrap();
    let law = Law::read(&LawFiles::with(&[]).unwrap(), &Arc::new(calendar)).unwrap();
    let latest = story.with(|file| law.outlook(file, Act::Dialogue, d("25/10/2026"))).latest;
    assert_eq!(written(latest), "24/11/2026");
}
