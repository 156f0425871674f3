package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.logging.LoggingObserver;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.IdentityStatus;
import io.grasp.model.IdentityStatus.Expiry;
import io.grasp.model.NodeLocators;
import io.grasp.model.PeerRefusal;
import io.grasp.model.Security;
import io.grasp.observe.GraspObserver;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

/** What a node logs, at virtual time. */
class LoggingTest extends OneNode {
    private final RecordingLoggers log = new RecordingLoggers(Level.TRACE, world.loop::nanoTime);

    private void startLogging(Level level) {
        log.threshold = level;
        start(config -> config.withAdditionalObserver(
                LoggingObserver.to(log).withName("bank").withInterval(Duration.ofSeconds(10))));
    }

    private GraspObserver direct(Level level) {
        log.threshold = level;
        return LoggingObserver.to(log).ofNode(world.loop::nanoTime, world.loop);
    }

    @Test
    void aNegotiationIsLoggedWithItsMessagesAndItsEnd() {
        startLogging(Level.TRACE);
        world.collect(asa.listenNegotiate(EX3).flatMap(request -> request.decline("too much")));
        send(peer, "83 03 1864 84 63455833 03 06 01");
        world.await(grasp.closeAsync());

        assertThat(log.lines)
                .containsExactly(
                        "50 INFO link bank: link lan is up at fe80::1:4",
                        "50 INFO link bank: link other is up at fe80::2:4",
                        "50 INFO node bank: started at port 10004 as fd00::4, protection of the links: SECURED, links"
                                + " lan at [fd00::4]:10004 and [fe80::1:4]:10004,"
                                + " other at [fd00::4]:10004 and [fe80::2:4]:10004",
                        "56 TRACE message bank: <- M_REQ_NEG [3, 100, [\"EX3\", 3, 6, 1]] from [fd00::1]:49152",
                        "56 DEBUG session bank: negotiation of EX3 as responder, session 100 began",
                        "56 TRACE message bank: -> M_END [6, 100, [102, \"too much\"]] to [fd00::1]:49152",
                        "56 DEBUG session bank: negotiation of EX3 as responder, session 100 ended: declined, too much",
                        "100 INFO node bank: closed");
    }

    @Test
    void aFailedSessionIsLoggedWithItsReason() {
        startLogging(Level.INFO);
        log.take();
        world.collect(asa.requestNegotiate(EX3.withValue(1), at(peer))).cancel();
        world.collect(asa.requestNegotiate(
                EX3.withValue(1), RequestOptions.to(at(peer)).withTimeout(Duration.ofSeconds(2))));
        world.loop.advance(Duration.ofSeconds(3));

        assertThat(log.take())
                .singleElement()
                .asString()
                .contains(
                        " INFO session bank: negotiation of EX3 as initiator, session ",
                        " failed: No reply to negotiation step [EX3] [session ",
                        "no message from the peer within 2000 ms, the timeout of this call");
    }

    @Test
    void aFloodOfInvalidPacketsHasABoundedNumberOfLinesThatNameAllOfThem() {
        startLogging(Level.TRACE);
        log.take();
        int armed = world.loop.pendingWakeups();
        for (int i = 0; i < 1_000; i++) {
            peer.multicast(bytes("ff"));
            peer.multicast(bytes("83 03 1864 84 63455833 03 06 01"));
            world.loop.advance(Duration.ofMillis(50));
        }
        assertThat(world.loop.pendingWakeups()).as("logging needs no timer").isLessThanOrEqualTo(armed);
        world.await(grasp.closeAsync());

        List<String> drops =
                log.lines.stream().filter(line -> line.contains(" drop ")).toList();
        assertThat(drops.get(0))
                .matches("\\d+ WARN drop bank: dropped \\(malformed\\) from \\[fe80::.*]:\\d+ on link lan");
        assertThat(drops)
                .hasSizeBetween(10, 14)
                .allMatch(line -> line.contains("malformed") || line.contains("wrong_path"));
        for (String reason : List.of("malformed", "wrong_path")) {
            assertThat(number(drops, reason)).isEqualTo(1_000);
        }
    }

    private static long number(List<String> lines, String reason) {
        Pattern summary = Pattern.compile(": (\\d+) more in \\d+ s; the last one: from .* on link lan$");
        return lines.stream()
                .filter(line -> line.contains("(" + reason + ")"))
                .mapToLong(line -> {
                    Matcher more = summary.matcher(line);
                    return more.find() ? Long.parseLong(more.group(1)) : 1;
                })
                .sum();
    }

    @Test
    void sessionsThatPeersBeginAreSummedUp() {
        startLogging(Level.DEBUG);
        log.take();
        world.collect(asa.listenNegotiate(EX3).flatMap(request -> request.decline("no")));
        for (int i = 0; i < 300; i++) {
            send(peer, "83 03 1a0001" + String.format("%04x", i) + "84 63455833 03 06 01")
                    .abort();
        }
        world.await(grasp.closeAsync());

        List<String> sessions =
                log.lines.stream().filter(line -> line.contains(" session ")).toList();
        assertThat(sessions).hasSizeLessThan(450);
        assertThat(sessions).anyMatch(line -> line.contains("sessions of peers began: "));
    }

    @Test
    void aPeerCannotForgeALine() {
        startLogging(Level.TRACE);
        log.take();
        String name = "EX\n9 ERROR node forged\u001b[2J"; // and an escape sequence of the terminal
        byte[] text = name.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        peer.multicast(bytes(
                "84 01 07" + address(peer.node) + "84 78" + number(text.length).substring(2) + hex(text) + "03 06 f6"));
        send(peer, "83 03 1864 84 78" + number(text.length).substring(2) + hex(text) + "03 06 01");
        moment();

        assertThat(log.lines).anyMatch(line -> line.contains("M_DISCOVERY") && line.contains("forged"));
        assertThat(log.lines).noneMatch(line -> line.chars().anyMatch(each -> each < ' '));
    }

    @Test
    void aNodeWithoutProtectionWarns() {
        startLogging(Level.INFO);
        log.take();
        world.loop.run(() -> node.setSecurity(Security.NONE));
        moment();
        world.loop.run(() -> node.setSecurity(Security.ASSERTED));
        moment();
        assertThat(log.take())
                .extracting(line -> line.replaceFirst("\\d+ ", ""))
                .containsExactly(
                        "WARN security bank: protection of the links: NONE, so every operation fails with noSecurity",
                        "INFO security bank: protection of the links: ASSERTED");
    }

    @Test
    void eachProblemOfTheIdentityIsLoggedOnceAndItsEnd() {
        GraspObserver observer = direct(Level.INFO);
        for (List<String> problems : List.of(
                List.of("renew it"),
                List.of("renew it", "a list is missing"),
                List.of("renew it", "a list is missing"),
                List.of("renew it"),
                List.<String>of())) {
            observer.identityChanged(new IdentityStatus(true, false, problems, null, null, null, null, Expiry.RENEW));
        }
        assertThat(log.take())
                .containsExactly(
                        "0 WARN security identity: renew it",
                        "0 WARN security identity: a list is missing",
                        "0 INFO security identity, resolved: a list is missing",
                        "0 INFO security identity, resolved: renew it");
    }

    @Test
    void eventsWithoutARoomAreCountedUntilTheEnd() throws Exception {
        GraspObserver of = direct(Level.INFO);
        InetSocketAddress peerAddress = new InetSocketAddress(InetAddress.getByName("fe80::9"), 7017);
        IntStream.range(0, 5).forEach(i -> of.peerRefused(PeerRefusal.HANDSHAKE_TIMEOUT, peerAddress, "late\n" + i));
        IntStream.range(0, 12)
                .forEach(i -> of.handlerFailed(GraspException.local(GraspErrorCode.CBOR_FAIL, "value " + i)));
        of.nodeFailed(new OutOfMemoryError("heap"));
        of.closed();

        assertThat(log.lines)
                .startsWith("0 WARN security peer refused (handshake_timeout) [fe80::9]:7017, late\\u000a0")
                .endsWith(
                        "0 ERROR node the node has failed and ends java.lang.OutOfMemoryError: heap",
                        "0 WARN asa handlers failed: 2 more in 1 s; the last one: a handler failed: CBOR decode"
                                + " failure: value 11",
                        "0 WARN security peer refused (handshake_timeout): 4 more in 1 s; the last one:"
                                + " [fe80::9]:7017, late\\u000a4",
                        "0 INFO node closed")
                .hasSize(1 + 10 + 4);
    }

    @Test
    void levelsThatAreOffCostNoLines() {
        startLogging(Level.ERROR);
        peer.multicast(bytes("ff"));
        moment();
        assertThat(log.lines).isEmpty();
        log.threshold = Level.WARN;
        peer.multicast(bytes("ff"));
        moment();
        assertThat(log.lines).hasSize(1);
    }

    @Test
    void aNodeThatStartsWithoutProtectionWarns() {
        GraspObserver of = direct(Level.INFO);
        of.started(new NodeLocators(0, InetAddress.getLoopbackAddress(), List.of()), Security.NONE, false);
        assertThat(log.take())
                .containsExactly(
                        "0 INFO node started as 127.0.0.1, protection of the links: NONE, no link is up",
                        "0 WARN security the links are not protected: every operation fails with noSecurity until they"
                                + " are (RFC 8990 section 2.5.1)");
        of.started(new NodeLocators(0, InetAddress.getLoopbackAddress(), List.of()), Security.NONE, true);
        assertThat(log.take()).as("a DULL instance").hasSize(1);
    }

    @Test
    void theDocumentNamesAllLoggers() throws Exception {
        String document = Files.readString(Path.of("..", "docs", "logging.md"));
        List<Field> loggers = Arrays.stream(LoggingObserver.class.getDeclaredFields())
                .filter(field -> Modifier.isPublic(field.getModifiers()))
                .toList();
        assertThat(loggers).hasSize(7);
        for (Field field : loggers) {
            assertThat(document).contains("`" + field.get(null) + "`");
        }
    }

    @Test
    void theIntervalIsAboveZero() {
        assertThatThrownBy(() -> LoggingObserver.create().withInterval(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("interval is PT0S, must be above zero");
    }
}
