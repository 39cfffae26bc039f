//! The table as handlers use it: defaults, counts that come and go, limits.

use muster_wire::{EntitlementTag, Udi};

use super::reservation::Verdict;
use super::*;

const UUID: &str = "00000000-0000-4000-8000-000000000001";

fn tag(name: &str) -> EntitlementTag {
    EntitlementTag::new(&format!("regid.2020-01.com.cisco.{name},1.0_{UUID}"))
}

fn holdings() -> Holdings {
    let accounts = ["Default", "My VA"].map(Account::of_test_account);
    Holdings::new(accounts.iter().chain(&accounts))
}

fn available(holdings: &Holdings, account: AccountNumber, tag: &EntitlementTag) -> i64 {
    holdings.balance(account, tag, 0, true).map_or(0, |balance| balance.available())
}

#[test]
fn the_first_account_has_plenty_and_the_others_a_few() {
    let mut holdings = holdings();
    assert_eq!(holdings.numbers().count(), 2);
    let [first, other] = ["Default", "My VA"].map(|name| holdings.named(name).unwrap());
    for (name, in_first, in_other) in [("X", PLENTY, FEW), ("X_HSEC", PLENTY, 0)] {
        for (account, expected) in [(first, in_first), (other, in_other)] {
            holdings.add_use(account, &tag(name), 0).unwrap();
            assert_eq!(available(&holdings, account, &tag(name)), i64::from(expected), "{name}");
        }
    }
    assert!(holdings.conversion_enabled(first) && !holdings.conversion_enabled(other));
}

#[test]
fn licences_nobody_could_hold_are_refused() {
    let mut holdings = holdings();
    let first = holdings.named("Default").unwrap();
    for unknown in [tag("UNKNOWN_X"), EntitlementTag::new("x"), EntitlementTag::new("")] {
        assert_eq!(holdings.add_use(first, &unknown, 1), Err(NoSuchLicence));
        assert_eq!(holdings.balance(first, &unknown, 0, true), None);
    }
    assert_eq!(holdings.listed(first, 0).count(), 0);
}

#[test]
fn use_that_ended_leaves_nothing_behind_and_a_deposit_stays() {
    let mut holdings = holdings();
    let first = holdings.named("Default").unwrap();
    for number in 0..LICENCES_MAX + 2 {
        let tag = tag(&format!("L{number}"));
        let fits = holdings.add_use(first, &tag, 2).is_ok();
        assert_eq!(fits, number < LICENCES_MAX, "{number}");
    }
    for number in 0..LICENCES_MAX {
        holdings.end_use(first, &tag(&format!("L{number}")), 2);
    }
    assert_eq!(holdings.listed(first, 0).count(), 0);
    for _ in 0..LOTS_MAX + 5 {
        holdings.deposit(first, &tag("D"), Lot::perpetual(1, LotSource::Conversion));
    }
    let (licence, balance) = holdings.listed(first, 0).next().unwrap();
    assert_eq!((licence.lots.len(), balance.purchased), (LOTS_MAX, LOTS_MAX as u64));
}

#[test]
fn a_reservation_is_drawn_from_its_account_and_given_back() {
    let mut holdings = holdings();
    let [first, other] = ["Default", "My VA"].map(|name| holdings.named(name).unwrap());
    let (udi, hsec) = (Udi::new("A", "1"), tag("HSEC"));
    assert_eq!(holdings.verdict(&udi, other, (&hsec, 1), 0), Verdict::Elsewhere);
    assert_eq!(holdings.verdict(&udi, other, (&hsec, PLENTY + 1), 0), Verdict::NotAvailable);
    assert_eq!(holdings.verdict(&udi, first, (&hsec, PLENTY), 0), Verdict::Granted);
    holdings.reserve(&udi, first, &hsec, 3);
    assert_eq!(available(&holdings, first, &hsec), i64::from(PLENTY) - 3);
    // What it holds already counts towards the total it asks for.
    assert_eq!(holdings.verdict(&udi, first, (&hsec, PLENTY), 0), Verdict::Granted);
    holdings.give_back(&udi, &hsec, 1);
    assert_eq!(holdings.reserved_of(&udi, &hsec), 2);
    holdings.give_back(&udi, &hsec, 9);
    assert!(holdings.reserved(&udi).is_empty());
    holdings.deposit(other, &hsec, Lot::perpetual(5, LotSource::Control));
    holdings.reserve(&udi, first, &hsec, 3);
    holdings.reserve(&udi, other, &hsec, 5);
    assert_eq!(holdings.reserved_of(&udi, &hsec), 5);
    assert_eq!(available(&holdings, other, &hsec), 0);
    holdings.give_back_all(&udi);
    assert_eq!(available(&holdings, other, &hsec), 5);
}

#[test]
fn an_instance_holds_a_limited_number_of_licences() {
    let mut holdings = holdings();
    let first = holdings.named("Default").unwrap();
    let udi = Udi::new("A", "1");
    for number in 0..100 {
        let tag = tag(&format!("HSEC_{number}x"));
        let verdict = holdings.verdict(&udi, first, (&tag, 1), 0);
        assert_eq!(verdict == Verdict::Granted, number < 16, "{number}");
        if verdict == Verdict::Granted {
            holdings.reserve(&udi, first, &tag, 1);
        }
    }
    assert_eq!(holdings.reserved(&udi).len(), 16);
}
