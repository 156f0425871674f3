package io.grasp.observe;

import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspException;
import io.grasp.model.IdentityStatus;
import io.grasp.model.LinkInfo;
import io.grasp.model.LinkWarning;
import io.grasp.model.MemoryNeed;
import io.grasp.model.MessageInfo;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.NodeLocators;
import io.grasp.model.PeerRefusal;
import io.grasp.model.Security;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls one observer and then the next ones. An exception of one of them affects neither the protocol nor the others.
 * This is called for each message, so a call allocates nothing.
 */
final class Observers implements GraspObserver {
    private final GraspObserver first;
    /** The next observers, or {@link #NONE}. */
    private final GraspObserver next;

    private Observers(GraspObserver first, GraspObserver next) {
        this.first = first;
        this.next = next;
    }

    /** {@return one observer for all; {@link #NONE} if there are none, so that calls cost nothing} */
    static GraspObserver all(List<GraspObserver> observers) {
        GraspObserver all = NONE;
        for (int i = observers.size() - 1; i >= 0; i--) {
            all = prepend(observers.get(i), all);
        }
        return all;
    }

    private static GraspObserver prepend(GraspObserver first, GraspObserver next) {
        if (next == NONE && first instanceof Observers) {
            return first; // is isolated already
        }
        return first == NONE ? next : new Observers(first, next);
    }

    @Override
    public GraspObserver ofNode(LongSupplier nanoTime, Executor loop) {
        return prepend(first.ofNode(nanoTime, loop), next.ofNode(nanoTime, loop));
    }

    @Override
    public void started(NodeLocators locators, Security security, boolean permitsGrasp) {
        try {
            first.started(locators, security, permitsGrasp);
        } catch (Throwable e) {
            report(e);
        }
        next.started(locators, security, permitsGrasp);
    }

    @Override
    public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
        try {
            first.messageSent(message, encoded, path);
        } catch (Throwable e) {
            report(e);
        }
        next.messageSent(message, encoded, path);
    }

    @Override
    public void messageReceived(MessageInfo message, byte[] encoded, MessagePath path) {
        try {
            first.messageReceived(message, encoded, path);
        } catch (Throwable e) {
            report(e);
        }
        next.messageReceived(message, encoded, path);
    }

    @Override
    public void messageDropped(DropReason reason, MessagePath path) {
        try {
            first.messageDropped(reason, path);
        } catch (Throwable e) {
            report(e);
        }
        next.messageDropped(reason, path);
    }

    @Override
    public void floodProcessed(MessageInfo flood, MessagePath path) {
        try {
            first.floodProcessed(flood, path);
        } catch (Throwable e) {
            report(e);
        }
        next.floodProcessed(flood, path);
    }

    @Override
    public void relayed(MessageInfo message, MessagePath path) {
        try {
            first.relayed(message, path);
        } catch (Throwable e) {
            report(e);
        }
        next.relayed(message, path);
    }

    @Override
    public void relayRefused(MessageInfo message, DropReason reason, MessagePath path) {
        try {
            first.relayRefused(message, reason, path);
        } catch (Throwable e) {
            report(e);
        }
        next.relayRefused(message, reason, path);
    }

    @Override
    public void cacheRead(CacheKind cache, boolean hit) {
        try {
            first.cacheRead(cache, hit);
        } catch (Throwable e) {
            report(e);
        }
        next.cacheRead(cache, hit);
    }

    @Override
    public void cacheSize(CacheKind cache, int entries) {
        try {
            first.cacheSize(cache, entries);
        } catch (Throwable e) {
            report(e);
        }
        next.cacheSize(cache, entries);
    }

    @Override
    public void cacheBytes(CacheKind cache, long bytes) {
        try {
            first.cacheBytes(cache, bytes);
        } catch (Throwable e) {
            report(e);
        }
        next.cacheBytes(cache, bytes);
    }

    @Override
    public void floodContested(FloodedObjective newer, FloodedObjective older, MessagePath path) {
        try {
            first.floodContested(newer, older, path);
        } catch (Throwable e) {
            report(e);
        }
        next.floodContested(newer, older, path);
    }

    @Override
    public void locatorFound(String objective, AsaLocator locator) {
        try {
            first.locatorFound(objective, locator);
        } catch (Throwable e) {
            report(e);
        }
        next.locatorFound(objective, locator);
    }

    @Override
    public void negotiated(SessionInfo session, NegotiationOutcome outcome) {
        try {
            first.negotiated(session, outcome);
        } catch (Throwable e) {
            report(e);
        }
        next.negotiated(session, outcome);
    }

    @Override
    public void sessionStarted(SessionInfo session) {
        try {
            first.sessionStarted(session);
        } catch (Throwable e) {
            report(e);
        }
        next.sessionStarted(session);
    }

    @Override
    public void sessionEnded(SessionInfo session, SessionOutcome outcome, @Nullable Throwable failure) {
        try {
            first.sessionEnded(session, outcome, failure);
        } catch (Throwable e) {
            report(e);
        }
        next.sessionEnded(session, outcome, failure);
    }

    @Override
    public void handlerFailed(GraspException failure) {
        try {
            first.handlerFailed(failure);
        } catch (Throwable e) {
            report(e);
        }
        next.handlerFailed(failure);
    }

    @Override
    public void unknownFields(String objective, List<String> fields) {
        try {
            first.unknownFields(objective, fields);
        } catch (Throwable e) {
            report(e);
        }
        next.unknownFields(objective, fields);
    }

    @Override
    public void linkUp(LinkInfo link) {
        try {
            first.linkUp(link);
        } catch (Throwable e) {
            report(e);
        }
        next.linkUp(link);
    }

    @Override
    public void linkDown(LinkInfo link) {
        try {
            first.linkDown(link);
        } catch (Throwable e) {
            report(e);
        }
        next.linkDown(link);
    }

    @Override
    public void linkFailed(String link, Throwable cause) {
        try {
            first.linkFailed(link, cause);
        } catch (Throwable e) {
            report(e);
        }
        next.linkFailed(link, cause);
    }

    @Override
    public void linkWarning(String link, LinkWarning warning, String detail) {
        try {
            first.linkWarning(link, warning, detail);
        } catch (Throwable e) {
            report(e);
        }
        next.linkWarning(link, warning, detail);
    }

    @Override
    public void acceptFailed(Throwable cause) {
        try {
            first.acceptFailed(cause);
        } catch (Throwable e) {
            report(e);
        }
        next.acceptFailed(cause);
    }

    @Override
    public void memoryMayBeExceeded(MemoryNeed nodes, long heapBytes, long directBytes) {
        try {
            first.memoryMayBeExceeded(nodes, heapBytes, directBytes);
        } catch (RuntimeException e) {
            report(e);
        }
        next.memoryMayBeExceeded(nodes, heapBytes, directBytes);
    }

    @Override
    public void securityChanged(Security security) {
        try {
            first.securityChanged(security);
        } catch (Throwable e) {
            report(e);
        }
        next.securityChanged(security);
    }

    @Override
    public void identityChanged(IdentityStatus status) {
        try {
            first.identityChanged(status);
        } catch (Throwable e) {
            report(e);
        }
        next.identityChanged(status);
    }

    @Override
    public void peerRefused(PeerRefusal reason, InetSocketAddress peer, String detail) {
        try {
            first.peerRefused(reason, peer, detail);
        } catch (Throwable e) {
            report(e);
        }
        next.peerRefused(reason, peer, detail);
    }

    @Override
    public void nodeFailed(Throwable error) {
        try {
            first.nodeFailed(error);
        } catch (RuntimeException e) {
            report(e);
        } catch (Throwable e) {
            // the node has failed already; the other observers are notified
        }
        next.nodeFailed(error);
    }

    @Override
    public void closed() {
        try {
            first.closed();
        } catch (Throwable e) {
            report(e);
        }
        next.closed();
    }

    /**
     * Passes an observer's failure to the thread's uncaught exception handler, except an error of the virtual machine,
     * which ends the node.
     */
    private static void report(Throwable thrown) {
        if (thrown instanceof VirtualMachineError fatal) {
            throw fatal;
        }
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
    }
}
