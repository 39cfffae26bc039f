//! How the generator itself fares: processor, memory, file descriptors, lateness.
