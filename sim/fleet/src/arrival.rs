//! When journeys begin: the scenario's arrival models as a sequence of intended starts.
