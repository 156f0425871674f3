package io.grasp.api;

import io.grasp.config.RegistrationOptions;
import io.grasp.config.Timeouts;
import io.grasp.engine.negotiation.NegotiationAcceptor;
import io.grasp.engine.negotiation.NegotiationEvents;
import io.grasp.engine.negotiation.NegotiationListening;
import io.grasp.engine.negotiation.NegotiationSession;
import io.grasp.engine.negotiation.RawEvents;
import io.grasp.engine.negotiation.RawSession;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.Peer;
import io.grasp.model.SessionId;
import io.grasp.substrate.Loop;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A session whose connection carries any CBOR items in both directions and no more GRASP messages, like graspy's
 * {@code gsend} and {@code grecv}; it is not part of RFC 8991. It begins with a negotiation request ({@link Asa#raw})
 * or during a negotiation ({@link Negotiation#raw}). Its methods may be called on any thread; every signal comes on the
 * node's loop.
 *
 * <p>It ends normally when one side closes it or ends its direction of the connection: {@link #receive} completes on
 * the other side, if that side reads. It fails when the connection breaks or the peer {@linkplain #cancel cancels} the
 * channel ({@link GraspErrorCode#NO_SOCKET}), when the input is not CBOR or too long
 * ({@link GraspErrorCode#CBOR_FAIL}), when no item passes in either direction for {@link Timeouts#rawIdle}
 * ({@link GraspErrorCode#NO_REPLY}), and when its ASA is deregistered or its node is closed.
 * Items may be as long as messages about the objective, see {@link RegistrationOptions#maxMessageBytes}.
 *
 * <p>An item does not show whether the peer is also in raw mode: a peer that is not treats the first item as an invalid
 * message and closes. Some peers, such as graspy, treat the result of one read as one item; give these time between two
 * items by waiting for an answer.
 *
 * <pre>
 *   OPENING --- the connection is open ------------------------> OPEN
 *   OPEN    --- either side closes it or ends its direction ---> ENDED
 *   OPENING --- timeout, no connection ------------------------> FAILED
 *   OPEN    --- connection lost, not CBOR, idle for too long --> FAILED
 *   any     --- either side cancels it ------------------------> FAILED
 * </pre>
 */
public final class RawChannel {
    static final IsolatedHandlers.SessionEnd<RawChannel> END = new End();

    private final Loop loop;
    private final Events events = new Events();
    private @Nullable RawSession session;
    private @Nullable LoopEmitter<ObjectiveValue> reader;
    private @Nullable ObjectiveValue unread;
    private volatile @Nullable Peer peer;
    private boolean ended;
    private @Nullable GraspException failure;
    private Runnable whenOpened = () -> {};
    /** Whether the ASA itself has ended it. */
    private boolean endedByAsa;

    private int sending;
    private Consumer<GraspException> whenUnnoticed = why -> {};

    private RawChannel(Loop loop) {
        this.loop = loop;
    }

    /** A channel that this node requests; the emitter gets it once its connection is open. */
    static LoopEmitter.Source<RawChannel> requested(
            Loop loop, Function<NegotiationEvents, NegotiationSession> open, Duration opening) {
        return emitter -> {
            RawChannel channel = begin(loop, open.apply(NoNegotiationEvents.INSTANCE));
            channel.session().openWithin(opening);
            channel.whenOpened = () -> channel.answer(emitter);
            return channel.session();
        };
    }

    /** Channels that peers request. */
    static LoopEmitter.Source<RawChannel> requestedByPeers(
            Loop loop, Function<NegotiationAcceptor, NegotiationListening> listen) {
        return emitter -> {
            NegotiationListening listening = listen.apply(new NegotiationAcceptor() {
                @Override
                public void requested(NegotiationSession session) {
                    RawChannel channel = begin(loop, session);
                    channel.opened();
                    if (!emitter.next(channel)) {
                        channel.session().cancel();
                    }
                }

                @Override
                public void stopped() {
                    emitter.complete();
                }

                @Override
                public void failed(GraspException failure) {
                    emitter.error(failure);
                }
            });
            emitter.onRequest(listening::request);
            return listening;
        };
    }

    static RawChannel begin(Loop loop, NegotiationSession negotiation) {
        RawChannel channel = new RawChannel(loop);
        channel.session = negotiation.raw(channel.events);
        return channel;
    }

    /** {@return the objective at the beginning of the channel: the request, or the peer's last offer} */
    public Objective objective() {
        return session().request();
    }

    /** {@return the other side, and the link that leads to it} */
    public Peer peer() {
        Peer known = peer;
        if (known == null) {
            throw new IllegalStateException("the session has not begun");
        }
        return known;
    }

    /** The connection is open. */
    void opened() {
        if (peer == null) {
            peer = session().peer();
        }
    }

    /** {@return the Session ID} */
    public SessionId sessionId() {
        return session().info().id();
    }

    /**
     * The items that the peer sends. Nothing is read without demand: items then wait in the network's buffers, and in
     * the end the peer cannot send any more.
     *
     * @return the items; completes when one side ends the channel, fails if it ends in any other way. Cancelling it
     *     stops reading and leaves the channel open: it can be subscribed to again, but has only one subscriber at a
     *     time
     */
    public Flux<ObjectiveValue> receive() {
        return LoopFlux.bounded(loop, emitter -> {
            if (reader != null) {
                throw new IllegalStateException("a raw channel has one reader at a time");
            }
            if (ended && unread == null) {
                end(emitter);
                return () -> {};
            }
            reader = emitter;
            emitter.onRequest(demand -> pull(emitter, demand));
            return () -> {
                reader = null;
                session().stopReading();
            };
        });
    }

    /**
     * Sends an item.
     *
     * @param item a value for {@link ObjectiveValue#of}
     * @return completes when the item has been handed to the network; fails if the channel has ended
     *     ({@link GraspErrorCode#NO_SESSION}), breaks, or if the item is too long. Cancelling it does not withdraw the
     *     item
     */
    public Mono<Void> send(Object item) {
        return LoopFlux.written(loop, item, this::sendWritten);
    }

    private Mono<Void> sendWritten(ObjectiveValue item) {
        return LoopFlux.single(loop, emitter -> {
            sending++;
            try {
                session().send(item, failed -> {
                    sending--;
                    if (failed == null) {
                        emitter.complete();
                    } else {
                        emitter.error(failed);
                    }
                });
            } catch (RuntimeException e) {
                sending--;
                throw e;
            }
            return () -> {};
        });
    }

    /**
     * Sends items one after the other: the next one is requested when the one before has been handed to the network.
     *
     * @param items the items, each a value for {@link ObjectiveValue#of}
     * @return completes when all have been sent, and leaves the channel open; fails like {@link #send(Object)}, or with
     *     the publisher's error. Cancelling it cancels the publisher
     */
    public Mono<Void> send(Publisher<?> items) {
        return Flux.<Object>from(items).concatMap(item -> send(item), 0).then();
    }

    /**
     * Ends the channel when all sent items have been handed to the network: {@link #receive} completes on both sides.
     * The connection itself then waits a short time for the peer, and drops items that the peer still sends; {@link
     * #cancel} ends it at once.
     *
     * @return completes when the end has been initiated, also if the channel had already ended
     */
    public Mono<Void> close() {
        return LoopFlux.end(loop, () -> {
            endedByAsa = true;
            session().close();
        });
    }

    /**
     * Cancels the channel: its connection is reset at once, and items that have not been handed to the network are
     * dropped. Items that the peer has not read yet may be lost. {@link #receive} and further sends fail here
     * ({@link GraspErrorCode#NO_SESSION}); at the peer they fail ({@link GraspErrorCode#NO_SOCKET}), if it reads or
     * sends, so that it does not take this for a normal end.
     *
     * @return completes when the channel has ended, also if it had ended before
     */
    public Mono<Void> cancel() {
        return LoopFlux.end(loop, this::cancelNow);
    }

    private void cancelNow() {
        endedByAsa = true;
        session().cancel();
        if (!ended) {
            events.failed(GraspException.local(GraspErrorCode.NO_SESSION, "the raw channel was cancelled")
                    .in(sessionId(), objective().name()));
        }
    }

    /** Items left over by an earlier reader come first. */
    private void pull(LoopEmitter<ObjectiveValue> emitter, long demand) {
        long more = demand;
        ObjectiveValue first = unread;
        if (first != null) {
            unread = null;
            take(emitter, first);
            more -= demand == Long.MAX_VALUE ? 0 : 1;
        }
        if (reader != emitter) {
            return;
        }
        if (ended && unread == null) {
            reader = null;
            end(emitter);
        } else if (more > 0) {
            session().request(more);
        }
    }

    /** An item whose reader has just cancelled is kept for the next one. */
    private void take(LoopEmitter<ObjectiveValue> emitter, ObjectiveValue item) {
        if (!emitter.next(item)) {
            unread = item;
            session().stopReading();
        }
    }

    private void answer(LoopEmitter<RawChannel> emitter) {
        if (failure != null) {
            emitter.error(failure);
        } else {
            emitter.success(this);
        }
    }

    private void end(LoopEmitter<ObjectiveValue> emitter) {
        if (failure == null) {
            emitter.complete();
        } else {
            emitter.error(failure);
        }
    }

    /** Reports that the channel has ended without the handler's doing, while the handler neither reads nor sends. */
    void whenUnnoticed(Consumer<GraspException> report) {
        whenUnnoticed = report;
    }

    RawSession session() {
        if (session == null) {
            throw new IllegalStateException("the session has not begun");
        }
        return session;
    }

    /** Ends a channel whose handler has ended. */
    private static final class End implements IsolatedHandlers.SessionEnd<RawChannel> {
        @Override
        public GraspException in(RawChannel channel, GraspException why) {
            return why.in(channel.sessionId(), channel.objective().name());
        }

        @Override
        public void whenUnnoticed(RawChannel channel, Consumer<GraspException> report) {
            channel.whenUnnoticed(report);
        }

        @Override
        public void completed(RawChannel channel) {
            channel.session().close();
        }

        @Override
        public void failed(RawChannel channel) {
            channel.cancelNow();
        }

        @Override
        public void cancelled(RawChannel channel) {
            channel.cancelNow();
        }
    }

    /** Receives the events of the session. */
    private final class Events implements RawEvents {
        @Override
        public void opened() {
            RawChannel.this.opened();
            notifyOpened();
        }

        @Override
        public void received(ObjectiveValue item) {
            if (reader == null) {
                unread = item;
            } else {
                take(reader, item);
            }
        }

        @Override
        public void completed() {
            ended();
        }

        @Override
        public void failed(GraspException why) {
            failure = why;
            ended();
        }

        private void ended() {
            ended = true;
            notifyOpened();
            LoopEmitter<ObjectiveValue> current = reader;
            if (current == null && sending == 0 && !endedByAsa) {
                whenUnnoticed.accept(failure != null ? failure : closedByPeer());
            }
            if (current != null && unread == null) {
                reader = null;
                end(current);
            }
        }

        private GraspException closedByPeer() {
            return GraspException.local(GraspErrorCode.NO_SESSION, "the peer has closed the raw channel");
        }

        private void notifyOpened() {
            Runnable action = whenOpened;
            whenOpened = () -> {};
            action.run();
        }
    }

    /** The events of a negotiation that becomes a raw channel before anything happens in it. */
    private enum NoNegotiationEvents implements NegotiationEvents {
        INSTANCE;

        @Override
        public void offered(Objective offer) {
            throw new AssertionError(offer);
        }

        @Override
        public void ended(NegotiationOutcome outcome) {
            throw new AssertionError(outcome);
        }

        @Override
        public void failed(GraspException why) {
            throw new AssertionError(why);
        }
    }
}
