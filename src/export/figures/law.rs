//! What the law says of a parcel, and the law itself.

use serde_json::{Value, json};

use crate::{
    analysis::View,
    domain::{
        Day,
        law::{Act, CaseFile, ClockKind, ClockRule, Law, Outlook, RuleRef, Transition},
    },
};

/// A parcel's file as the law sees it on `day`: regime, marks, terms that run, and what may come next.
pub fn lawful(view: &View, parcel: u32, day: Day) -> Value {
    let snapshot = &view.snapshot;
    let law = snapshot.law();
    let file = snapshot.file(parcel).until(day);
    let holding = law.recovery_regime(&file, day);
    let regime = law.regime(holding.regime);
    let marks = law.marks(&file, day);
    let (resettlement, is_said) = file.resettlement(day);
    let notice = law.notice(&file, day);
    json!({
        "caveat": law.caveat(),
        "regime": { "code": regime.id, "name": regime.name },
        "transitions": law.transitions_of(&file, day).into_iter().map(transition).collect::<Vec<_>>(),
        "land": file.land_on(day),
        "resettlement": resettlement,
        "resettlement_assumed": resettlement.is_some() && !is_said,
        "notice": notice.map(|notice| json!({
            "issued_on": notice.issued,
            "sent_on": notice.is_sent_said.then_some(notice.sent),
            "reissued": notice.reissued,
            "valid_until": notice.valid_until,
        })),
        "marks": marks.iter().map(|mark| law.tell(mark, day)).collect::<Vec<_>>(),
        "clocks": law.running(&file, day).iter().map(|running| json!({
            "act": running.act,
            "rule": law.clocks()[running.clock].id,
            "article": law.clocks()[running.clock].article,
            "who": law.bodies()[law.clocks()[running.clock].who].code,
            "start_on": running.start,
            "start_said": running.is_said,
            "due_on": running.due,
            "days_left": running.due.since(day),
            "term_on": running.over,
            "floor_over_max": running.over.is_some(),
            "to_be_confirmed": law.is_unsure(running),
        })).collect::<Vec<_>>(),
        "next": law.next(&file, day).iter().map(|outlook| next(law, &file, outlook, day)).collect::<Vec<_>>(),
        "facts": file.facts.iter().filter(|fact| fact.act.stage().is_none() || !fact.said.is_empty()).map(|fact| json!({
            "act": fact.act,
            "on": fact.day,
            "said": fact.said.public(),
        })).collect::<Vec<_>>(),
    })
}

fn transition(row: &Transition) -> Value {
    json!({ "id": row.id, "name": row.name, "article": row.article })
}

/// When an act would be lawful, and why.
fn next(law: &Law, file: &CaseFile<'_>, outlook: &Outlook, day: Day) -> Value {
    let mut reasons: Vec<Value> = Vec::new();
    for reason in &outlook.why {
        let rule = match reason.rule {
            RuleRef::Clock(at) => Some(&law.clocks()[at]),
            _ => None,
        };
        reasons.push(json!({
            "rule": law.rule_id(reason.rule),
            "article": law.article(reason.rule),
            "on": reason.day,
            "last": reason.is_last,
            "start_said": reason.is_said,
            "days": rule.and_then(ClockRule::days),
            "working_days": rule.and_then(ClockRule::working_days),
            "from": rule.map(|rule| rule.counts_from().collect::<Vec<_>>()),
        }));
    }
    json!({
        "act": outlook.act,
        "earliest": outlook.earliest,
        "office_day": outlook.office_day(law),
        "edge": outlook.edge,
        "not_before": outlook.not_before,
        "latest": outlook.latest,
        "term": outlook.over,
        "floor_over_max": outlook.over.is_some(),
        "expires": outlook.expires,
        "missing": outlook.missing,
        "why": reasons,
        "signers": law.authority(outlook.act, day).map(|rule| &rule.signers),
        "asks": asks(law, outlook.act),
        "begun": file.came(outlook.act, day),
    })
}

fn asks(law: &Law, act: Act) -> &[String] {
    law.words(act).map_or(&[], |words| &words.says)
}

/// The law as its files have it.
pub fn whole_law(law: &Law) -> Value {
    let names = |acts: &mut dyn Iterator<Item = Act>| acts.map(Act::code).collect::<Vec<_>>();
    let regimes = |holds: &dyn Fn(crate::domain::law::RegimeNumber) -> bool| -> Vec<&str> {
        let all = law.regimes().iter().enumerate();
        let of = all.filter(|(at, _)| holds(crate::domain::law::RegimeNumber(*at as u8)));
        of.map(|(_, regime)| regime.id.as_str()).collect()
    };
    json!({
        "caveat": law.caveat(),
        "laws": law.laws().iter().map(|one| json!({ "code": one.code, "name": one.name })).collect::<Vec<_>>(),
        "regimes": law.regimes().iter().map(|one| json!({
            "code": one.id, "from": one.from, "to": one.to, "law": one.law, "name": one.name,
        })).collect::<Vec<_>>(),
        "texts": law.texts().iter().map(|one| json!({
            "id": one.id, "name": one.name, "from": one.from, "to": one.to, "copy": one.copy,
        })).collect::<Vec<_>>(),
        "marks": law.mark_words().iter().map(|one| json!({
            "code": one.code, "unlawful": one.unlawful, "name": one.name,
        })).collect::<Vec<_>>(),
        "bodies": law.bodies().iter().map(|one| json!({ "code": one.code, "name": one.name })).collect::<Vec<_>>(),
        "acts": law.acts().iter().map(|one| json!({
            "code": one.act, "stage": one.act.stage(), "name": one.name, "document": one.document,
            "issuer": one.issuer, "article": one.article, "says": one.says, "repeats": one.repeats,
        })).collect::<Vec<_>>(),
        "clocks": law.clocks().iter().map(|one| json!({
            "id": one.id, "kind": one.kind, "from": names(&mut one.counts_from()), "to": one.to,
            "days": one.days(), "working_days": one.working_days(),
            "months": one.months().filter(|_| one.kind == ClockKind::Expiry),
            "regimes": regimes(&|number| one.regimes().holds(number)),
            "article": one.article, "who": law.bodies()[one.who].code, "name": one.name,
        })).collect::<Vec<_>>(),
        "order": law.rules().iter().map(|one| json!({
            "act": one.act, "after": names(&mut one.after()), "missing": one.missing(), "broken": one.broken(),
            "regimes": regimes(&|number| one.regimes().holds(number)), "article": one.article,
        })).collect::<Vec<_>>(),
        "authority": law.authorities().iter().map(|one| json!({
            "acts": one.acts, "signers": one.signers, "delegable": one.delegable, "article": one.article,
            "regimes": regimes(&|number| one.regimes().holds(number)),
        })).collect::<Vec<_>>(),
        "transitions": law.transitions().iter().map(|one| json!({
            "id": one.id, "change": one.change, "name": one.name, "article": one.article,
        })).collect::<Vec<_>>(),
    })
}
