package io.grasp.logging;

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
import io.grasp.observe.CacheKind;
import io.grasp.observe.DropReason;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.grasp.util.AddressText;
import io.grasp.util.PrintableText;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;

/** The log of one node. Its state is confined to the loop. */
final class NodeLog implements GraspObserver {
    private static final int MANY = 100;
    private static final int FEW = 10;
    /** A peer may send names and reasons that are as long as a message. */
    private static final int MAX_CHARS = 4096;

    private final Logger node;
    private final Logger link;
    private final Logger security;
    private final Logger session;
    private final Logger asa;
    private final Logger drop;
    private final Logger message;
    private final String prefix;
    private final LongSupplier nanoTime;
    private final long intervalNanos;
    private final Map<DropReason, Limited> drops = new EnumMap<>(DropReason.class);
    private final Map<PeerRefusal, Limited> refusals = new EnumMap<>(PeerRefusal.class);
    private final List<Limited> all = new ArrayList<>();
    private final Limited begun;
    private final Limited ended;
    private final Limited failed;
    private final Limited handlers;
    private final Limited unknown;
    private final Limited contested;
    private final Limited linkChanges;
    private final Limited linkFailures;
    private final Limited linkWarnings;
    private final Limited acceptFailures;
    /** Whether something is counted, which a later line reports. */
    private boolean counts;

    private long due;
    private @Nullable SessionInfo negotiated;
    private @Nullable NegotiationOutcome outcome;
    private String identity = "";
    /** Those of the identity that have been logged, and last. */
    private List<String> problems = List.of();

    /** Made before there may be no memory. */
    private final String failure;

    NodeLog(ILoggerFactory loggers, String prefix, Duration interval, LongSupplier nanoTime) {
        this.node = loggers.getLogger(LoggingObserver.NODE);
        this.link = loggers.getLogger(LoggingObserver.LINK);
        this.security = loggers.getLogger(LoggingObserver.SECURITY);
        this.session = loggers.getLogger(LoggingObserver.SESSION);
        this.asa = loggers.getLogger(LoggingObserver.ASA);
        this.drop = loggers.getLogger(LoggingObserver.DROP);
        this.message = loggers.getLogger(LoggingObserver.MESSAGE);
        this.prefix = prefix;
        this.nanoTime = nanoTime;
        this.intervalNanos = interval.compareTo(Duration.ofDays(1)) > 0 ? TimeUnit.DAYS.toNanos(1) : interval.toNanos();
        this.failure = printable("the node has failed and ends");
        this.begun = new Limited(session, Level.DEBUG, MANY, "sessions of peers began");
        this.ended = new Limited(session, Level.DEBUG, MANY, "sessions of peers ended");
        this.failed = new Limited(session, Level.INFO, FEW, "sessions of peers failed");
        this.handlers = new Limited(asa, Level.WARN, FEW, "handlers failed");
        this.unknown = new Limited(asa, Level.INFO, FEW, "values with unknown fields");
        this.contested = new Limited(security, Level.WARN, FEW, "contested floods");
        this.linkChanges = new Limited(link, Level.INFO, MANY, "links went up or down");
        this.linkFailures = new Limited(link, Level.WARN, FEW, "failures of links");
        this.linkWarnings = new Limited(link, Level.WARN, FEW, "warnings of links");
        this.acceptFailures = new Limited(node, Level.WARN, 1, "failed attempts to accept a connection");
    }

    /** Lines of one kind that peers can cause. */
    private final class Limited {
        private final Logger logger;
        private final Level level;
        private final String what;
        private final Summed summed;

        /** @param what what the lines are about, for the summary */
        Limited(Logger logger, Level level, int most, String what) {
            this.logger = logger;
            this.level = level;
            this.what = what;
            this.summed = new Summed(most, intervalNanos);
            all.add(this);
        }

        /** {@return whether the line was written} */
        boolean log(Supplier<String> line) {
            return log(line, line);
        }

        /** @param last what the summary says about this event, if it is the last one */
        boolean log(Supplier<String> line, Supplier<String> last) {
            if (!level.isEnabled(logger)) {
                return false;
            }
            if (summed.permits(nanoTime.getAsLong(), last)) {
                write(logger, level, line.get());
                return true;
            }
            if (!counts || summed.due() - due < 0) {
                due = summed.due();
            }
            counts = true;
            return false;
        }

        void report(long now, boolean ends) {
            Summed.Count count = summed.take(now, ends);
            if (count != null && level.isEnabled(logger)) {
                String last = count.last().isEmpty() ? "" : "; the last one: " + count.last();
                write(logger, level, what + ": " + count.number() + " more in " + seconds(count.nanos()) + last);
            }
        }
    }

    private static String seconds(long nanos) {
        return Math.max(1, TimeUnit.NANOSECONDS.toSeconds(nanos)) + " s";
    }

    private void write(Logger logger, Level level, String line) {
        level.log(logger, printable(line));
    }

    /** {@return one line of bounded length} */
    private String printable(String line) {
        String text = PrintableText.of(prefix + line);
        return text.length() <= MAX_CHARS ? text : text.substring(0, MAX_CHARS) + "...";
    }

    private void line(Logger logger, Level level, Supplier<String> line) {
        if (level.isEnabled(logger)) {
            write(logger, level, line.get());
        }
    }

    /** Writes the numbers of the intervals that are over. */
    private void report() {
        if (counts && nanoTime.getAsLong() - due >= 0) {
            report(nanoTime.getAsLong(), false);
        }
    }

    private void report(long now, boolean ends) {
        all.forEach(each -> each.report(now, ends));
        counts = false;
        for (Limited each : all) {
            if (each.summed.hasOmitted() && (!counts || each.summed.due() - due < 0)) {
                counts = true;
                due = each.summed.due();
            }
        }
    }

    @Override
    public void started(NodeLocators locators, Security protection, boolean permitsGrasp) {
        line(
                node,
                Level.INFO,
                () -> "started" + (locators.port() == 0 ? "" : " at port " + locators.port())
                        + " as " + AddressText.of(locators.initiator()) + ", protection of the links: " + protection
                        + ", "
                        + links(locators.links()));
        if (!permitsGrasp) {
            line(
                    security,
                    Level.WARN,
                    () -> "the links are not protected: every operation fails with noSecurity until"
                            + " they are (RFC 8990 section 2.5.1)");
        }
    }

    private static String links(List<NodeLocators.OnLink> links) {
        return links.isEmpty()
                ? "no link is up"
                : links.stream()
                        .map(each -> each.name() + " at " + each.locator()
                                + (each.locator().equals(each.linkLocal()) ? "" : " and " + each.linkLocal()))
                        .collect(Collectors.joining(", ", links.size() == 1 ? "link " : "links ", ""));
    }

    @Override
    public void messageSent(MessageInfo sent, byte[] encoded, MessagePath path) {
        report();
        if (message.isTraceEnabled()) {
            message.trace(printable(MessageLines.sent(sent, encoded, path)));
        }
    }

    @Override
    public void messageReceived(MessageInfo received, byte[] encoded, MessagePath path) {
        report();
        if (message.isTraceEnabled()) {
            message.trace(printable(MessageLines.received(received, encoded, path)));
        }
    }

    @Override
    public void messageDropped(DropReason reason, MessagePath path) {
        report();
        String name = reason.name().toLowerCase(Locale.ROOT);
        drops.computeIfAbsent(
                        reason,
                        first -> new Limited(
                                drop, first.isNormal() ? Level.DEBUG : Level.WARN, 1, "dropped (" + name + ")"))
                .log(
                        () -> "dropped (" + name + ")" + PathText.place("from", path) + explanation(reason),
                        () -> PathText.place("from", path).strip());
    }

    private static String explanation(DropReason reason) {
        return reason.explanation().isEmpty() ? "" : ": " + reason.explanation();
    }

    @Override
    public void cacheRead(CacheKind cache, boolean hit) {
        report();
    }

    @Override
    public void floodContested(FloodedObjective newer, FloodedObjective older, MessagePath path) {
        report();
        contested.log(() -> "flood contested: " + newer.objective().name() + " of "
                + AddressText.of(newer.initiator()) + " replaces the one of " + AddressText.of(older.initiator())
                + PathText.place("from", path));
    }

    @Override
    public void negotiated(SessionInfo of, NegotiationOutcome result) {
        negotiated = of;
        outcome = result;
    }

    @Override
    public void sessionStarted(SessionInfo of) {
        report();
        Supplier<String> line = () -> describe(of) + " began";
        if (isOfPeer(of)) {
            begun.log(line);
        } else {
            line(session, Level.DEBUG, line);
        }
    }

    @Override
    public void sessionEnded(SessionInfo of, SessionOutcome how, @Nullable Throwable failure) {
        report();
        NegotiationOutcome agreed = of.equals(negotiated) ? outcome : null;
        negotiated = null;
        outcome = null;
        boolean hasFailed = how == SessionOutcome.FAILED;
        Supplier<String> line = () -> describe(of)
                + (hasFailed ? " failed" : " ended: " + how.name().toLowerCase(Locale.ROOT))
                + (agreed instanceof NegotiationOutcome.Declined declined ? ", " + declined.reason() : "")
                + (failure == null ? "" : ": " + describe(failure));
        if (isOfPeer(of)) {
            (hasFailed ? failed : ended).log(line);
        } else {
            line(session, hasFailed ? Level.INFO : Level.DEBUG, line);
        }
    }

    private static boolean isOfPeer(SessionInfo session) {
        return session.role() == SessionInfo.Role.RESPONDER;
    }

    private static String describe(SessionInfo session) {
        return session.kind().name().toLowerCase(Locale.ROOT) + " of " + session.objective() + " as "
                + session.role().name().toLowerCase(Locale.ROOT) + ", session " + session.id();
    }

    private static String describe(Throwable failure) {
        String text = failure.getMessage();
        return text == null || text.isBlank()
                ? failure.getClass().getName()
                : failure instanceof GraspException ? text : failure.getClass().getSimpleName() + ": " + text;
    }

    @Override
    public void handlerFailed(GraspException failure) {
        report();
        if (handlers.log(() -> "a handler failed: " + describe(failure))) {
            asa.debug("its stack trace:", failure);
        }
    }

    @Override
    public void unknownFields(String objective, List<String> fields) {
        report();
        unknown.log(() ->
                "a value of " + objective + " has unknown fields, which were ignored: " + String.join(", ", fields));
    }

    @Override
    public void linkUp(LinkInfo up) {
        report();
        linkChanges.log(() -> "link " + up.name() + " is up at " + AddressText.of(up.linkLocalAddress()));
    }

    @Override
    public void linkDown(LinkInfo down) {
        report();
        linkChanges.log(() -> "link " + down.name() + " is down");
    }

    @Override
    public void linkFailed(String name, Throwable cause) {
        report();
        linkFailures.log(() -> "link " + name + " failed: " + describe(cause));
    }

    @Override
    public void linkWarning(String name, LinkWarning warning, String detail) {
        report();
        linkWarnings.log(() -> "link " + name + ": " + detail);
    }

    @Override
    public void acceptFailed(Throwable cause) {
        report();
        acceptFailures.log(() -> "a connection could not be accepted: " + describe(cause));
    }

    @Override
    public void memoryMayBeExceeded(MemoryNeed nodes, long heapBytes, long directBytes) {
        line(
                node,
                Level.WARN,
                () -> "the nodes of this process may need " + nodes + "; the JVM has "
                        + MemoryNeed.mib(heapBytes) + " of heap and " + MemoryNeed.mib(directBytes)
                        + " of direct memory for them");
    }

    @Override
    public void securityChanged(Security changed) {
        report();
        line(
                security,
                changed.permitsGrasp() ? Level.INFO : Level.WARN,
                () -> "protection of the links: " + changed
                        + (changed.permitsGrasp() ? "" : ", so every operation fails with noSecurity"));
    }

    @Override
    public void identityChanged(IdentityStatus status) {
        report();
        String state = "identity" + (status.nodeName() == null ? "" : " of " + status.nodeName())
                + (status.good() ? "" : " cannot be used")
                + (status.notAfter() == null ? "" : ", valid until " + status.notAfter());
        boolean isSame = state.equals(identity);
        List<String> added = isSame ? without(status.problems(), problems) : status.problems();
        List<String> gone = without(problems, status.problems());
        identity = state;
        problems = status.problems();
        if (!added.isEmpty() || !isSame) {
            Level level = status.good() && added.isEmpty() ? Level.INFO : Level.WARN;
            line(security, level, () -> state + (added.isEmpty() ? "" : ": " + String.join("; ", added)));
        } else if (!gone.isEmpty()) {
            line(security, Level.INFO, () -> state + ", resolved: " + String.join("; ", gone));
        }
    }

    private static List<String> without(List<String> all, List<String> others) {
        return all.stream().filter(each -> !others.contains(each)).toList();
    }

    @Override
    public void peerRefused(PeerRefusal reason, InetSocketAddress peer, String detail) {
        report();
        String name = reason.name().toLowerCase(Locale.ROOT);
        Supplier<String> what = () -> AddressText.of(peer) + ", " + detail;
        refusals.computeIfAbsent(reason, first -> new Limited(security, Level.WARN, 1, "peer refused (" + name + ")"))
                .log(() -> "peer refused (" + name + ") " + what.get(), what);
    }

    @Override
    public void nodeFailed(Throwable error) {
        node.error(failure, error);
    }

    @Override
    public void closed() {
        report(nanoTime.getAsLong(), true);
        line(node, Level.INFO, () -> "closed");
    }
}
