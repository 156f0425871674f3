package io.grasp.engine.audit;

import io.grasp.observe.AuditEvent;

/** Receives audit events. Called on the loop. */
public interface AuditListener {
    /** Something was refused, see {@link AuditWatch}. */
    void event(AuditEvent event);

    /** The node has been closed. No call follows. */
    void stopped();
}
