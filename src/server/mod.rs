//! MCP: the bounded stdio shell, identity and both protocol eras.
