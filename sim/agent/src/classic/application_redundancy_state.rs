//! One application and its part in a redundant pair, as its own product instance sees it.
//!
//! Source: SSM On-Prem 7 User Guide, "About Application Redundancy Support", "Application
//! Redundant Enabled Product Instance Workflow". Who counts is the server's matter; an instance
//! says its role, its peers and its count.

use crate::transition::state_table;

state_table! {
    machine "application_redundancy";

    /// The part it plays.
    states ApplicationRedundancyState {
        /// It is not redundant.
        Single = "single",
        /// Active, and names no peer.
        ActiveAlone = "active_alone",
        /// Active, and names a standby.
        ActiveWithStandby = "active_with_standby",
        /// Active, and names another active.
        ActiveWithActive = "active_with_active",
        /// Standby, and names the active.
        Standby = "standby",
    }

    /// What moves it.
    inputs ApplicationRedundancyInput {
        /// Configured active without a peer.
        MadeActive = "made_active",
        /// Configured active with a standby peer.
        MadeActiveOfPair = "made_active_of_pair",
        /// Configured active with an active peer.
        MadeActiveOfTwo = "made_active_of_two",
        /// Configured standby of an active peer; also how an old active comes back.
        MadeStandby = "made_standby",
        /// The active has failed: the standby declares itself active, without a peer.
        TookOver = "took_over",
        /// The peer is configured away.
        PeerRemoved = "peer_removed",
        /// The redundancy is configured away.
        Released = "released",
    }

    moves {
        Single, MadeActive => ActiveAlone;
        Single, MadeActiveOfPair => ActiveWithStandby;
        Single, MadeActiveOfTwo => ActiveWithActive;
        Single, MadeStandby => Standby;
        ActiveAlone, MadeActive => ActiveAlone;
        ActiveAlone, MadeActiveOfPair => ActiveWithStandby;
        ActiveAlone, MadeActiveOfTwo => ActiveWithActive;
        ActiveAlone, MadeStandby => Standby;
        ActiveAlone, Released => Single;
        ActiveWithStandby, MadeActive => ActiveAlone;
        ActiveWithStandby, MadeActiveOfPair => ActiveWithStandby;
        ActiveWithStandby, MadeActiveOfTwo => ActiveWithActive;
        ActiveWithStandby, MadeStandby => Standby;
        ActiveWithStandby, PeerRemoved => ActiveAlone;
        ActiveWithStandby, Released => Single;
        ActiveWithActive, MadeActive => ActiveAlone;
        ActiveWithActive, MadeActiveOfPair => ActiveWithStandby;
        ActiveWithActive, MadeActiveOfTwo => ActiveWithActive;
        ActiveWithActive, MadeStandby => Standby;
        ActiveWithActive, PeerRemoved => ActiveAlone;
        ActiveWithActive, Released => Single;
        Standby, MadeStandby => Standby;
        Standby, TookOver => ActiveAlone;
        Standby, Released => Single;
    }
}
