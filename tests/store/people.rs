//! Accounts, what lets them in, and looks at holders, in any store.

use std::time::Duration;

use matbang::{
    domain::{Grant, ParcelId, Role},
    store::{AccountChange, Allowance, MOST_KEYS_OF_ACCOUNT, NewKey, Store, Token, TokenScope, Try},
};

use super::fill;

pub fn accounts_change_with_their_log(store: &dyn Store) {
    fill(store);
    let version = store.accounts_version().unwrap();
    let add = |name: &str| AccountChange::Add {
        name: name.into(),
        full_name: "An".into(),
        password: Some("hash".into()),
        grant: Some(Grant { role: Role::Administrator, unit: None }),
    };
    let id = store.change_accounts("root", 7, &[add("an")]).unwrap()[0];
    assert!(store.accounts_version().unwrap() > version);
    // A name that is taken: nothing of the whole list is kept, its log neither.
    assert!(store.change_accounts("root", 8, &[add("binh"), add("AN")]).is_err());
    let directory = store.directory().unwrap();
    assert_eq!(directory.accounts.len(), 1);
    assert_eq!(store.account_log(10).unwrap().len(), 1);
    store.add_session(&[1; 32], id, 9, 0).unwrap();
    let token = Token {
        id: 0,
        account: id,
        name: "t".into(),
        scope: TokenScope::Read,
        expires_at: 99,
        revoked: false,
    };
    let token = store.change_accounts("an", 9, &[AccountChange::AddToken([2; 32], token)]).unwrap()[0];
    store
        .change_accounts("an", 10, &[AccountChange::RevokeToken(token), AccountChange::Disabled(id, true)])
        .unwrap();
    let directory = store.directory().unwrap();
    assert!(directory.accounts[&id].0.disabled && directory.tokens[&[2; 32]].revoked);
    assert!(directory.sessions.is_empty(), "a disabled account's sessions end");
    let log: Vec<_> = store.account_log(10).unwrap().into_iter().map(|l| (l.at, l.author, l.what)).collect();
    let expected =
        [(10, "an", "disabled"), (10, "an", "token_revoked"), (9, "an", "token_made"), (7, "root", "added")];
    assert_eq!(log, expected.map(|(at, who, what)| (at, who.to_owned(), what.to_owned())));
    assert!(store.change_accounts("an", 11, &[AccountChange::Password(999, "x".into())]).is_err());
    who_somebody_is_elsewhere(store, id);
}

pub fn who_somebody_is_elsewhere(store: &dyn Store, id: u32) {
    let change = |at, change: AccountChange| store.change_accounts("root", at, &[change]);
    let link = |account, subject: &str| AccountChange::Link {
        account,
        issuer: "https://id".into(),
        subject: subject.into(),
    };
    change(12, AccountChange::Invite(id, [3; 32], 50)).unwrap();
    change(13, AccountChange::Invite(id, [4; 32], 60)).unwrap();
    let invited = store.directory().unwrap().invitations;
    assert_eq!(invited.keys().copied().collect::<Vec<_>>(), [[4; 32]], "the newest alone holds");
    assert_eq!((invited[&[4; 32]].account, invited[&[4; 32]].expires_at), (id, 60));
    change(14, link(id, "s-1")).unwrap();
    let directory = store.directory().unwrap();
    assert_eq!(directory.identities[&("https://id".to_owned(), "s-1".to_owned())], id);
    assert!(directory.is_linked(id) && directory.invitations.is_empty());
    assert!(change(15, link(id, "s-1")).is_err(), "one person is one account");
    assert!(
        change(15, link(999, "s-2")).is_err() && change(15, AccountChange::Invite(999, [5; 32], 1)).is_err()
    );
    // A new password ends what was let in by the old one.
    let token = Token {
        id: 0,
        account: id,
        name: "u".into(),
        scope: TokenScope::Write,
        expires_at: 99,
        revoked: false,
    };
    change(16, AccountChange::AddToken([6; 32], token)).unwrap();
    change(17, AccountChange::Password(id, "other".into())).unwrap();
    assert!(store.directory().unwrap().tokens[&[6; 32]].revoked);
    change(18, AccountChange::Unlink(id)).unwrap();
    assert!(!store.directory().unwrap().is_linked(id));
}

pub fn a_code_is_used_once(store: &dyn Store) {
    fill(store);
    let change =
        |change: AccountChange| store.change_accounts("root", 7, &[change]).map(|numbers| numbers[0]);
    let add = |name: &str| {
        let name = name.to_owned();
        change(AccountChange::Add { name, full_name: "An".into(), password: None, grant: None }).unwrap()
    };
    let (an, binh) = (add("an"), add("binh"));
    let on = |account, step, codes: &[u8]| AccountChange::SecondFactorOn {
        account,
        step,
        recovery: codes.iter().map(|code| [*code; 32]).collect(),
    };
    assert!(change(on(an, 5, &[])).is_err(), "none was begun");
    assert!(change(AccountChange::SecondFactor(999, vec![1])).is_err());
    change(AccountChange::SecondFactor(an, vec![1])).unwrap();
    change(AccountChange::SecondFactor(an, vec![2])).unwrap();
    let known =
        |account| store.directory().unwrap().second_factor(account).map(|factor| factor.secret.clone());
    assert_eq!(known(an), None, "it is not asked for before a code was given");
    store.add_session(&[1; 32], an, 9, 0).unwrap();
    change(on(an, 5, &[7, 8])).unwrap();
    assert_eq!(known(an), Some(vec![2]), "the last that was begun");
    assert!(store.directory().unwrap().sessions.is_empty(), "who came in without it must come again");
    assert!(
        change(AccountChange::SecondFactor(an, vec![3])).is_err(),
        "one that is asked for is not replaced"
    );
    let used = |step| store.use_step(an, step).unwrap();
    assert_eq!([used(5), used(4), used(6), used(6), used(7)], [false, false, true, false, true]);
    let recovered = |account, code: u8| store.use_recovery_code(account, &[code; 32]).unwrap();
    let left = || store.directory().unwrap().recovery_codes.get(&an).copied().unwrap_or_default();
    assert_eq!(left(), 2);
    assert_eq!([recovered(binh, 7), recovered(an, 7), recovered(an, 7)], [false, true, false]);
    assert_eq!(left(), 1);
    change(AccountChange::SecondFactorOff(an)).unwrap();
    assert_eq!((known(an), left()), (None, 0));
    assert!(!recovered(an, 8) && change(AccountChange::SecondFactorOff(an)).is_err());
}

/// What is sealed was read before: meanwhile its owner may have begun another.
pub fn a_secret_that_was_replaced_meanwhile_is_not_sealed_over(store: &dyn Store) {
    fill(store);
    let change = |change: AccountChange| store.change_accounts("root", 7, &[change]).unwrap()[0];
    let add = AccountChange::Add { name: "an".into(), full_name: "An".into(), password: None, grant: None };
    let an = change(add);
    let kept = || store.directory().unwrap().second_factors[&an].secret.clone();
    let seal = |plain: u8, sealed: u8| {
        change(AccountChange::SecretSealed { account: an, plain: vec![plain], sealed: vec![sealed] })
    };
    change(AccountChange::SecondFactor(an, vec![1]));
    change(AccountChange::SecondFactor(an, vec![2]));
    seal(1, 11);
    assert_eq!(kept(), [2], "the one that was begun last stays");
    seal(2, 12);
    assert_eq!(kept(), [12]);
    change(AccountChange::SecondFactorOff(an));
    seal(12, 13);
    assert!(store.directory().unwrap().second_factors.is_empty(), "what was removed does not come back");
}

pub fn keys_are_few_and_count_upwards(store: &dyn Store) {
    fill(store);
    let change =
        |change: AccountChange| store.change_accounts("root", 7, &[change]).map(|numbers| numbers[0]);
    let account = |name: &str| {
        let name = name.to_owned();
        change(AccountChange::Add { name, full_name: "An".into(), password: None, grant: None }).unwrap()
    };
    let (an, binh) = (account("an"), account("binh"));
    let key = |credential: u8| NewKey {
        credential: vec![credential; 16],
        public_key: vec![7],
        host: "a.vn".into(),
        transports: "usb,nfc".into(),
        name: "Khoá của An".into(),
        counter: 3,
    };
    let add = |account, credential, recovery: &[u8]| {
        let recovery = recovery.iter().map(|code| [*code; 32]).collect();
        change(AccountChange::KeyAdded { account, key: key(credential), recovery })
    };
    let left = || store.directory().unwrap().recovery_codes.get(&an).copied().unwrap_or_default();
    store.add_session(&[1; 32], an, 9, 0).unwrap();
    add(an, 1, &[7, 8]).unwrap();
    let directory = store.directory().unwrap();
    let kept = directory.keys_of(an)[0].clone();
    assert_eq!((&kept.kept, kept.added_at, kept.used_at), (&key(1), 7, None));
    assert!(directory.sessions.is_empty(), "who came in without it must come again");
    assert!(directory.has_second_factor(an) && !directory.has_second_factor(binh));
    assert!(add(binh, 1, &[]).is_err(), "a key is of one account");
    assert!(add(999, 2, &[]).is_err());
    let most = MOST_KEYS_OF_ACCOUNT as u8;
    for credential in 2..=most {
        add(an, credential, &[]).unwrap();
    }
    assert!(add(an, most + 1, &[]).is_err(), "no more than that");
    assert_eq!(left(), 2, "codes are given once");
    // A key that counts has to count on; one that does not says nothing always.
    let used = |account, counter| store.use_key(account, kept.id, counter, 11).unwrap();
    assert_eq!(
        [used(an, 3), used(an, 0), used(binh, 9), used(an, 9), used(an, 9)],
        [false, false, false, true, false]
    );
    let after = store.directory().unwrap().keys_of(an)[0].clone();
    assert_eq!((after.kept.counter, after.used_at), (9, Some(11)));
    // With the last factor go the recovery codes, and not before.
    let begin = |secret| change(AccountChange::SecondFactor(an, vec![secret])).unwrap();
    let on = || change(AccountChange::SecondFactorOn { account: an, step: 5, recovery: Vec::new() }).unwrap();
    begin(1);
    on();
    assert_eq!(left(), 2);
    change(AccountChange::CodesOff(an)).unwrap();
    assert_eq!(left(), 2);
    assert!(change(AccountChange::CodesOff(an)).is_err());
    let remove = |key| change(AccountChange::KeyRemoved { account: an, key });
    let ids: Vec<u32> = store.directory().unwrap().keys_of(an).iter().map(|key| key.id).collect();
    assert!(change(AccountChange::KeyRemoved { account: binh, key: ids[0] }).is_err());
    let (last, others) = ids.split_last().unwrap();
    for id in others {
        remove(*id).unwrap();
    }
    assert_eq!(left(), 2);
    remove(*last).unwrap();
    assert_eq!(left(), 0);
    add(an, 1, &[7]).unwrap();
    change(AccountChange::SecondFactorOff(an)).unwrap();
    assert!(!store.directory().unwrap().has_second_factor(an) && left() == 0);
    assert!(change(AccountChange::SecondFactorOff(an)).is_err());
}

pub fn a_question_is_answered_once_in_its_time(store: &dyn Store) {
    let long = Duration::from_hours(1);
    let keep = |key: u8, time| store.keep_challenge(&[key; 32], 7, time).unwrap();
    let take = |key: u8, account| store.take_challenge(&[key; 32], account).unwrap();
    keep(1, long);
    keep(2, Duration::ZERO);
    assert_eq!(
        [take(1, 8), take(1, 7), take(1, 7), take(2, 7), take(3, 7)],
        [false, true, false, false, false]
    );
    // Whoever has many asked has the newest.
    (10..30).for_each(|key| keep(key, long + Duration::from_secs(u64::from(key))));
    let left: Vec<u8> = (10..30).filter(|key| take(*key, 7)).collect();
    assert_eq!(left, (22..30).collect::<Vec<_>>());
}

pub fn looks_at_holders_are_noted(store: &dyn Store) {
    fill(store);
    let name = store.holder(ParcelId(1), "an", 5).unwrap();
    store.note_accesses(&[ParcelId(2), ParcelId(3)], "binh", "search", 6).unwrap();
    let looks: Vec<_> =
        store.accesses(10).unwrap().into_iter().map(|a| (a.parcel.0, a.account, a.what)).collect();
    let expected = [(3, "binh", "search"), (2, "binh", "search"), (1, "an", "holder")];
    assert_eq!(looks, expected.map(|(parcel, who, what)| (parcel, who.to_owned(), what.to_owned())));
    let called = store.holders_called(&|holder| Some(holder) == name.as_deref()).unwrap();
    assert_eq!(called.is_empty(), name.is_none());
}

pub fn tries_are_counted_key_by_key(store: &dyn Store) {
    let allowance = Allowance { at_once: 3, every: Duration::from_hours(1) };
    let one =
        |key: u8, unless: Option<u8>| Try { key: [key; 32], allowance, unless: unless.map(|key| [key; 32]) };
    let wait = |tries: &[Try]| store.count_tries(tries).unwrap();
    for _ in 0..3 {
        assert_eq!(wait(&[one(1, None), one(2, None)]), None);
    }
    let seconds = wait(&[one(1, None)]).unwrap().as_secs();
    assert!((3_500..=3_600).contains(&seconds), "{seconds}");
    // Those before the one that comes too early are counted, those after it are not.
    assert!(wait(&[one(3, None), one(1, None), one(4, None)]).is_some());
    assert_eq!([wait(&[one(3, None)]), wait(&[one(3, None)])], [None, None]);
    assert!(wait(&[one(3, None)]).is_some());
    for _ in 0..3 {
        assert_eq!(wait(&[one(4, None)]), None);
    }
    // Where another key is remembered, a try does not count.
    assert!(wait(&[one(4, Some(5))]).is_some());
    store.remember(&[5; 32], Duration::from_hours(1)).unwrap();
    assert_eq!(wait(&[one(4, Some(5))]), None);
    store.remember(&[6; 32], Duration::ZERO).unwrap();
    assert!(wait(&[one(4, Some(6))]).is_some());
    assert!(store.wrong_codes(7).unwrap().is_empty());
    for hours in [2, 1] {
        store.note_wrong_code(7, Duration::from_hours(hours)).unwrap();
    }
    let hours: Vec<f64> =
        store.wrong_codes(7).unwrap().iter().map(|left| (left.as_secs_f64() / 3_600.0).round()).collect();
    assert_eq!(hours, [1.0, 2.0]);
    assert!(store.wrong_codes(8).unwrap().is_empty());
}
