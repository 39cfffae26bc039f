//! Each deviation shows where its probe looks, and nowhere on a server without it.

use std::collections::BTreeSet;

use super::*;
use crate::defects::probe::api::lab_server as server;

#[test]
fn names_are_unique_and_found() {
    let names: BTreeSet<_> = Defect::all().map(|defect| defect.name()).collect();
    assert_eq!(names.len(), Defect::all().count());
    for defect in Defect::all() {
        assert_eq!(Defect::named(defect.name()), Some(defect));
    }
    assert_eq!(Defect::named("no-such-defect"), None);
    assert!(names.len() >= 150, "{} deviations", names.len());
}

#[test]
fn the_catalogue_is_known() {
    let line = |defect: Defect| {
        let (area, name, requirement) = (defect.area(), defect.name(), defect.requirement());
        format!("{area:15} {requirement:9} {name}: {}\n", defect.title())
    };
    insta::assert_snapshot!(Defect::all().map(line).collect::<String>());
}

#[test]
fn titles_are_one_clause_each_and_say_different_things() {
    let titles: BTreeSet<_> = Defect::all().map(|defect| defect.title()).collect();
    assert_eq!(titles.len(), Defect::all().count());
    for title in titles {
        let words = title.split(' ').count();
        assert!((3..=25).contains(&words) && !title.ends_with('.'), "{title}");
    }
}

#[test]
fn the_good_server_passes_every_probe() {
    let failed = |(_, conforms): &&(Defect, probe::Probe)| !conforms(&server(&[]));
    let failing: Vec<_> = PROBES.iter().filter(failed).map(|(defect, _)| *defect).collect();
    assert_eq!(failing, Vec::<Defect>::new());
}

#[test]
fn each_defect_fails_its_own_probe() {
    assert_eq!(PROBES.len(), Defect::all().count());
    let unseen = |(defect, conforms): &&(Defect, probe::Probe)| conforms(&server(&[*defect]));
    let unseen: Vec<_> = PROBES.iter().filter(unseen).map(|(defect, _)| *defect).collect();
    assert_eq!(unseen, Vec::<Defect>::new());
}

#[test]
fn a_defect_switched_off_is_gone() {
    // Some of each area: what is switched is the same for all.
    let switchable = PROBES.iter().filter(|(defect, _)| !defect.is_fixed());
    for (defect, conforms) in switchable.step_by(7) {
        let server = server(&[*defect]);
        server.0.defects.switch(*defect, false);
        assert!(conforms(&server), "{defect:?}");
    }
}
