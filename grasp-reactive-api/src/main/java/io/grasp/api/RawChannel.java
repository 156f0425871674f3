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
 * A session whose connection carries any CBOR items both ways and no GRASP messages any more, as graspy's {@code gsend}
 * and {@code grecv} do; it is no part of RFC 8991. It begins with a request for a negotiation ({@link Asa#raw})
 * or in the midst of one ({@link Negotiation#raw}). Its methods may be called on any thread; every
 * signal comes on the node's loop.
 *
 * <p>It ends in good order when one of the two closes it or ends its direction of the connection: the other's
 * {@link #receive} completes, which a side that does not read does not see. It fails when the connection breaks
 * ({@link GraspErrorCode#NO_SOCKET}), when what comes in is not CBOR or too long ({@link GraspErrorCode#CBOR_FAIL}),
 * when nothing moves in either direction for {@link Timeouts#rawIdle} ({@link GraspErrorCode#NO_REPLY}), and with its
 * ASA or node. Items may be as long as messages about the objective, see {@link RegistrationOptions#maxMessageBytes}.
 *
 * <p>An item says nothing of whether the peer is raw too: one that is not takes the first item for a bad message and
 * closes. A peer that takes what one read returns for one item, as graspy does, must be given time between two items:
 * wait for its answer.
 */
public final class RawChannel {
    static final IsolatedHandlers.SessionEnd<RawChannel> END = new End();

    private final Loop loop;
    private final Events events = new Events();
    private @Nullable RawSession session;
    private @Nullable LoopEmitter<ObjectiveValue> reader;
    private @Nullable ObjectiveValue unread;
    private boolean ended;
    private @Nullable GraspException failure;
    private Runnable whenOpened = () -> {};
    private boolean closed;
    private int sending;
    private Consumer<GraspException> whenUnnoticed = why -> {};

    private RawChannel(Loop loop) {
        this.loop = loop;
    }

    /** A channel that this node requests; the emitter gets it once its connection is open. */
    static LoopFlux.Source<RawChannel> requested(
            Loop loop, Function<NegotiationEvents, NegotiationSession> open, Duration opening) {
        return emitter -> {
            RawChannel channel = begin(loop, open.apply(NoNegotiationEvents.INSTANCE));
            channel.session().openWithin(opening);
            channel.whenOpened = () -> channel.answer(emitter);
            return channel.session();
        };
    }

    /** Channels that peers request. */
    static LoopFlux.Source<RawChannel> requestedByPeers(
            Loop loop, Function<NegotiationAcceptor, NegotiationListening> listen) {
        return emitter -> {
            NegotiationListening listening = listen.apply(new NegotiationAcceptor() {
                @Override
                public void requested(NegotiationSession session) {
                    RawChannel channel = begin(loop, session);
                    if (!emitter.next(channel)) {
                        channel.session().cancel();
                    }
                }

                @Override
                public void stopped() {
                    emitter.complete();
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

    /** {@return the objective that was in hand when the channel began: the request, or the peer's last offer} */
    public Objective objective() {
        return session().request();
    }

    /** {@return the Session ID} */
    public SessionId sessionId() {
        return session().info().id();
    }

    /**
     * What the peer sends. Nothing is read without demand: what the peer sends then waits in the network, and in the
     * end stops the peer.
     *
     * @return the items; completes when one of the two ends the channel, fails when anything else does. Cancelling it
     *     stops reading and leaves the channel open: it can be subscribed to again, but not twice at a time
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
     * @param item what {@link ObjectiveValue#of} takes
     * @return completes when the item has been handed to the network; fails if the channel has ended
     *     ({@link GraspErrorCode#NO_SESSION}), breaks, or does not take such a long item. Cancelling it does not take
     *     the item back
     */
    public Mono<Void> send(Object item) {
        return LoopFlux.single(loop, emitter -> {
            sending++;
            try {
                session().send(ObjectiveValue.of(item), failed -> {
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
     * Sends items one after the other: the next one is asked for when the one before has been handed to the network.
     *
     * @param items the items, each what {@link ObjectiveValue#of} takes
     * @return completes when all have been sent, and leaves the channel open; fails as {@link #send(Object)}
     *     does, or with the items. Cancelling it cancels the items
     */
    public Mono<Void> send(Publisher<?> items) {
        return Flux.<Object>from(items).concatMap(item -> send(item), 0).then();
    }

    /**
     * Ends the channel when all that was sent has been handed to the network: {@link #receive} completes on both sides.
     *
     * @return completes when that is under way, also when the channel was over
     */
    public Mono<Void> close() {
        return LoopFlux.run(loop, () -> {
            closed = true;
            session().close();
        });
    }

    /** What was left over by another reader comes first. */
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

    /** An item whose reader has just gone is left for the next one. */
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

    /** Tells when it is over by no doing of the handler, which neither reads nor sends. */
    void whenUnnoticed(Consumer<GraspException> over) {
        whenUnnoticed = over;
    }

    RawSession session() {
        if (session == null) {
            throw new IllegalStateException("the session has not begun");
        }
        return session;
    }

    /** What becomes of a channel whose handler has ended. */
    private static final class End implements IsolatedHandlers.SessionEnd<RawChannel> {
        @Override
        public GraspException in(RawChannel channel, GraspException why) {
            return why.in(channel.sessionId(), channel.objective().name());
        }

        @Override
        public void whenUnnoticed(RawChannel channel, Consumer<GraspException> over) {
            channel.whenUnnoticed(over);
        }

        @Override
        public void completed(RawChannel channel) {
            channel.session().close();
        }

        @Override
        public void failed(RawChannel channel) {
            channel.session().cancel();
        }

        @Override
        public void cancelled(RawChannel channel) {
            channel.session().cancel();
        }
    }

    /** What the session tells. */
    private final class Events implements RawEvents {
        @Override
        public void opened() {
            tellOpened();
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
            over();
        }

        @Override
        public void failed(GraspException why) {
            failure = why;
            over();
        }

        private void over() {
            ended = true;
            tellOpened();
            LoopEmitter<ObjectiveValue> told = reader;
            if (told == null && sending == 0 && !closed) {
                whenUnnoticed.accept(failure != null ? failure : closedByPeer());
            }
            if (told != null && unread == null) {
                reader = null;
                end(told);
            }
        }

        private GraspException closedByPeer() {
            return GraspException.local(GraspErrorCode.NO_SESSION, "the peer has closed the raw channel");
        }

        private void tellOpened() {
            Runnable told = whenOpened;
            whenOpened = () -> {};
            told.run();
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
