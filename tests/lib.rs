//! Contracts, stories, faults and architecture live in the test binary; this library is empty on purpose.
