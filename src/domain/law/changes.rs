//! What changes of the law leave as it was, row by row, and what holds of every story.

use proptest::prelude::*;

use super::{cases::law, *};
use crate::domain::{
    Day, Event, EventKind, LedgerPosition, NewEvent, ParcelId, Record, Stage, StageDays, judge,
};

fn d(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// Days of stages in short: `notice 5/3/2024, plan_approved 2/6/2024`.
fn stages(text: &str) -> StageDays {
    let mut days = StageDays::default();
    for part in text.split(", ").filter(|part| !part.is_empty()) {
        let (stage, day) = part.split_once(' ').unwrap();
        days.set(Stage::from_code(stage).unwrap(), Some(d(day)));
    }
    days
}

/// Ids of the transitions that hold for a story on a day.
fn rows(story: &str, on: &str) -> Vec<String> {
    let file = CaseFile { land: Some(LandGroup::Farm), ..CaseFile::new(stages(story), &[]) };
    law().transitions_of(&file, d(on)).iter().map(|row| row.id.clone()).collect()
}

fn has(story: &str, on: &str, row: &str) -> bool {
    rows(story, on).iter().any(|id| id == row)
}

/// The marks of a story on a day, papers aside, as "act:code".
fn marks(story: &str, on: &str) -> Vec<String> {
    let file = CaseFile { land: Some(LandGroup::Farm), ..CaseFile::new(stages(story), &[]) };
    let all = law().marks(&file, d(on)).into_iter().filter(|mark| mark.code != MarkCode::P);
    all.map(|mark| format!("{}:{}", mark.act.code(), mark.code.code())).collect()
}

fn latest(story: &str, act: Act, on: &str) -> String {
    let file = CaseFile { land: Some(LandGroup::Farm), ..CaseFile::new(stages(story), &[]) };
    law().outlook(&file, act, d(on)).latest.map_or_else(|| "—".to_owned(), |day| day.to_string())
}

fn regime(story: &str, act: Act, on: &str) -> String {
    let (law, file) = (law(), CaseFile { land: Some(LandGroup::Farm), ..CaseFile::new(stages(story), &[]) });
    law.regime(law.holding(&file, act, d(on)).regime).id.clone()
}

fn signer(act: Act, on: &str, details: Signer) -> Vec<&'static str> {
    let details = ActDetails { signer: Some(details), ..ActDetails::default() };
    let fact = Fact { act, day: d(on), at: LedgerPosition(1), details };
    let mut found = Vec::new();
    law().by_authority(&fact, &mut found);
    found.iter().map(|mark| mark.code.code()).collect()
}

#[test]
fn t1_both_before_the_law_of_2024_go_on_under_the_old_one() {
    let story = "notice 4/3/2024, plan_posted 1/5/2024, plan_approved 17/6/2024, recovery_decided 17/6/2024";
    assert!(has(story, "2024-09-01", "T1"));
    assert_eq!(regime(story, Act::Paid, "2024-09-01"), "R13");
    assert_eq!(latest(story, Act::Paid, "2024-09-01"), "2024-07-17");
}

#[test]
fn t2_a_decision_without_a_plan_is_compensated_by_the_new_law() {
    let story = "notice 4/3/2024, recovery_decided 19/7/2024, plan_posted 20/7/2024, plan_approved 5/8/2024";
    assert!(has(story, "2024-08-10", "T2") && !has(story, "2024-08-10", "T1"));
    assert_eq!(latest(story, Act::Paid, "2024-08-10"), "2024-09-04");
}

#[test]
fn t3_and_t3b_what_a_notice_of_the_old_law_is_worth() {
    assert!(has("notice 10/6/2024", "2026-01-01", "T3") && !has("notice 10/6/2024", "2025-12-31", "T3"));
    let decided =
        "notice 5/3/2024, plan_posted 1/11/2024, plan_approved 5/2/2025, recovery_decided 10/2/2025";
    assert!(marks(decided, "2025-03-01").contains(&"recovery_decided:NO_TEXT".to_owned()), "T3b");
    let late = "notice 10/6/2024, plan_posted 1/2/2026, plan_approved 4/5/2026, recovery_decided 6/5/2026";
    assert!(marks(late, "2026-06-01").contains(&"recovery_decided:V".to_owned()), "T3");
}

#[test]
fn t4_t5_t6_the_commune_goes_on_from_july_2025() {
    let approved = "notice 1/2/2025, plan_posted 1/4/2025, plan_approved 25/6/2025";
    assert!(has(approved, "2025-07-01", "T4"));
    assert_eq!(latest(approved, Act::RecoveryDecided, "2025-07-01"), "2025-07-07");
    assert_eq!(signer(Act::RecoveryDecided, "2025-07-02", Signer::CommuneChair), [""; 0]);
    assert_eq!(signer(Act::RecoveryDecided, "2025-07-02", Signer::DistrictPc), ["A"]);
    assert_eq!(
        signer(Act::RecoveryDecided, "2025-07-02", Signer::CommunePc),
        ["A"],
        "a committee is not its chair"
    );
    let under_way = "notice 1/2/2025, inventory 1/4/2025, plan_posted 10/5/2025";
    assert!(has(under_way, "2025-07-01", "T5") && !has(under_way, "2025-07-01", "T4"));
    let facts = [Fact {
        act: Act::EnforcementDecided,
        day: d("24/6/2025"),
        at: LedgerPosition(1),
        details: ActDetails::default(),
    }];
    let file = CaseFile::new(stages("notice 1/2/2025, recovery_decided 1/5/2025"), &facts);
    assert!(law().transitions_of(&file, d("2025-07-02")).iter().any(|row| row.id == "T6"));
}

#[test]
fn t7_the_decree_of_august_2025_is_for_plans_not_yet_approved() {
    let on = |plan: &str| has(&format!("notice 1/2/2025, plan_approved {plan}"), "2025-09-01", "T7");
    assert_eq!((on("14/8/2025"), on("15/8/2025")), (false, true));
}

#[test]
fn t8_t9_t10_what_was_approved_before_2026() {
    let both = "notice 1/2/2025, plan_approved 1/9/2025, recovery_decided 5/9/2025";
    assert!(has(both, "2026-01-02", "T8"));
    let plan = "notice 10/11/2025, plan_posted 15/11/2025, plan_approved 22/12/2025";
    assert!(has(plan, "2026-01-02", "T9") && !has(plan, "2026-01-02", "T10"));
    assert_eq!(regime(plan, Act::RecoveryDecided, "2026-02-09"), "R24X");
    let none = "notice 10/11/2025, plan_posted 15/11/2025, plan_approved 12/1/2026";
    assert!(has(none, "2026-01-02", "T10"));
    assert_eq!(regime(none, Act::RecoveryDecided, "2026-01-20"), "R26X");
    let floor = law().outlook(
        &CaseFile { land: Some(LandGroup::Farm), ..CaseFile::new(stages(none), &[]) },
        Act::RecoveryDecided,
        d("2026-01-12"),
    );
    assert_eq!(floor.not_before, Some(d("2026-01-12")), "sixty days from 10 November are over");
}

#[test]
fn t11_the_rest_of_a_project_goes_by_the_stored_choice() {
    let story = stages("notice 10/11/2025, plan_posted 15/11/2025");
    let own = "[[choice]]\nproject = \"HN-01\"\nregime = \"R24X\"\ndocument = \"QD 5\"\n".to_owned();
    let law = super::cases::law_with(&[("records.toml".to_owned(), own)]);
    let of = |choice| CaseFile { land: Some(LandGroup::Farm), choice, ..CaseFile::new(story, &[]) };
    let (chosen, plain) = (of(law.choice(|| "HN-01")), of(law.choice(|| "HN-02")));
    let id = |file: &CaseFile<'_>| {
        law.regime(law.holding(file, Act::RecoveryDecided, d("2026-02-10")).regime).id.clone()
    };
    assert_eq!((id(&chosen), id(&plain)), ("R24X".to_owned(), "R26P".to_owned()));
    assert!(law.transitions_of(&chosen, d("2026-02-10")).iter().any(|row| row.id == "T11"));
}

#[test]
fn t12_to_t17_what_the_decree_of_31_january_2026_leaves() {
    let both = "notice 1/2/2025, plan_approved 1/9/2025, recovery_decided 5/9/2025";
    assert!(has(both, "2026-02-01", "T12"));
    let open = "notice 10/11/2025, inventory 1/12/2025";
    for row in ["T13", "T14", "T15"] {
        assert!(has(open, "2026-02-01", row), "{row}");
    }
    let gap = "notice 1/11/2025, plan_posted 20/12/2025, plan_approved 20/1/2026, recovery_decided 4/2/2026";
    assert!(has(gap, "2026-02-05", "T16"));
    assert!(marks(gap, "2026-02-05").contains(&"recovery_decided:NO_TEXT".to_owned()));
    assert_eq!(regime(gap, Act::RecoveryDecided, "2026-02-04"), "R26P");
    let file = CaseFile::new(stages(open), &[]);
    assert_eq!(law().notice(&file, d("2026-11-10")).unwrap().valid_until, Some(d("2026-11-10")), "T14");
    assert!(!has(open, "2026-11-10", "T17") && has(open, "2026-11-11", "T17"));
    let own = "[[delegation]]\nacts = [\"recovery_decided\"]\nsigner = \"commune_chair\"\nfrom = 2026-06-01\ndocument = \"QD 40/2026\"\n";
    let own = own.replace("2026-06-01", "\"2026-06-01\"");
    let law = super::cases::law_with(&[("records.toml".to_owned(), own)]);
    let of = |law: &Law, on: &str, signer| {
        let details = ActDetails { signer: Some(signer), ..ActDetails::default() };
        let mut found = Vec::new();
        law.by_authority(
            &Fact { act: Act::RecoveryDecided, day: d(on), at: LedgerPosition(1), details },
            &mut found,
        );
        found.first().map(|mark| mark.code)
    };
    assert_eq!(of(&law, "2026-06-01", Signer::CommuneChair), None);
    assert_eq!(of(&law, "2026-05-31", Signer::CommuneChair), Some(MarkCode::AuthUnknown), "T15");
    assert_eq!(of(&law, "2026-05-31", Signer::ProvincePc), None);
}

#[test]
fn payment_and_decision_may_come_in_either_order() {
    let before = "listed 1/1/2025, meeting 5/1/2025, notice 1/2/2025, inventory 1/3/2025, plan_posted 1/4/2025, plan_approved 2/6/2025";
    let paid_first = format!("{before}, paid 5/6/2025, recovery_decided 10/6/2025, handed_over 1/7/2025");
    let decided_first = format!("{before}, recovery_decided 5/6/2025, paid 10/6/2025, handed_over 1/7/2025");
    assert_eq!((marks(&paid_first, "2025-08-01"), marks(&decided_first, "2025-08-01")), (vec![], vec![]));
    let unpaid = format!("{before}, recovery_decided 5/6/2025, handed_over 1/7/2025");
    assert_eq!(marks(&unpaid, "2025-07-02"), ["handed_over:UNPAID"], "lawful, and to be seen");
    // The term of payment, 2 July, goes on after the handover.
    assert_eq!(marks(&unpaid, "2025-07-03"), ["handed_over:UNPAID", "paid:L"]);
}

#[test]
fn one_project_has_parcels_under_three_regimes() {
    let old = "notice 4/3/2024, plan_posted 1/5/2024, plan_approved 17/6/2024, recovery_decided 17/6/2024, paid 5/7/2024";
    let kept = "notice 10/11/2025, plan_posted 15/11/2025, plan_approved 22/12/2025";
    let new = "notice 10/2/2026, plan_posted 10/3/2026";
    assert_eq!(
        [
            regime(old, Act::RecoveryDecided, "2024-06-17"),
            regime(kept, Act::RecoveryDecided, "2026-03-20"),
            regime(new, Act::RecoveryDecided, "2026-03-20")
        ],
        ["R13", "R24X", "R26P"]
    );
}

/// A lawful story: the days that follow each other as the law wants, from a first day and waits.
fn lawful(first: Day, waits: &[u16; 8]) -> Vec<(Day, EventKind)> {
    let mut day = first;
    let mut story = Vec::new();
    for (stage, wait) in Stage::ALL.into_iter().skip(1).zip(waits) {
        day = day.plus(i32::from(*wait));
        story.push((day, EventKind::reached(stage)));
    }
    story
}

fn event(position: u64, day: Day, kind: EventKind) -> Event {
    let body = NewEvent {
        parcel: Some(ParcelId(1)),
        day,
        recorded_at: 0,
        author: String::new(),
        document: None,
        note: None,
        attachments: Vec::new(),
        kind,
    };
    Event { position: LedgerPosition(position), body }
}

proptest! {
    /// In whatever order facts are recorded, none is refused, whatever the law says to them.
    #[test]
    fn no_sequence_of_facts_is_refused(
        start in 19_700i32..20_500,
        waits in prop::array::uniform8(1u16..120),
        order in Just((0usize..8).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let law = law();
        let story = lawful(Day::FIRST.plus(start), &waits);
        let mut events = Vec::new();
        for index in order {
            let (day, kind) = story[index].clone();
            let event = event(events.len() as u64 + 1, day, kind);
            let judged = judge(&law, Some(Day::FIRST.plus(start)), &events, &event, Day::FIRST.plus(30_000));
            prop_assert!(judged.is_ok(), "{judged:?}");
            events.push(event);
        }
    }

    /// What is said of a day does not change by what comes later, and not by the order of recording.
    #[test]
    fn marks_of_a_day_stay_as_they_are(
        start in 19_700i32..20_500,
        waits in prop::array::uniform8(0u16..90),
        order in Just((0usize..8).collect::<Vec<_>>()).prop_shuffle(),
        asked in 0i32..600,
    ) {
        let law = law();
        let story = lawful(Day::FIRST.plus(start), &waits);
        let day = Day::FIRST.plus(start + asked);
        let events = |indexes: &[usize]| -> Vec<Event> {
            indexes.iter().enumerate().map(|(n, index)| event(n as u64 + 1, story[*index].0, story[*index].1.clone())).collect()
        };
        let ask = |events: &[Event]| {
            let record = Record::replay(Some(Day::FIRST.plus(start)), events);
            let file = CaseFile { land: Some(LandGroup::Farm), ..CaseFile::new(record.days, &record.marks.facts) };
            law.marks(&file, day).into_iter().map(|mark| Mark { at: LedgerPosition(0), ..mark }).collect::<Vec<_>>()
        };
        let whole = ask(&events(&order));
        let until: Vec<usize> = order.iter().copied().filter(|index| story[*index].0 <= day).collect();
        prop_assert_eq!(&whole, &ask(&events(&until)));
        let sorted: Vec<usize> = (0..8).collect();
        prop_assert_eq!(&whole, &ask(&events(&sorted)));
    }
}
