//! What one shard measures, and how shards are added up.
