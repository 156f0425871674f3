package io.grasp.engine.node;

import io.grasp.model.SessionId;
import java.net.InetAddress;

/** What makes a session unique beyond one node (RFC 8990 section 2.7). */
public record SessionKey(SessionId id, InetAddress initiator) {}
