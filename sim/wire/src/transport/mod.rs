//! What travels between a product instance and a licensing server.

pub mod callhome;
pub mod instance_service;
pub mod smart;
pub mod smart_answer;
