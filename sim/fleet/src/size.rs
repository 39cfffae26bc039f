//! What a run will need before it starts, and what to change when it will not fit.
