package io.grasp.api;

import io.grasp.engine.EngineAsa;
import io.grasp.engine.extension.ExtensionEvents;
import io.grasp.engine.extension.ExtensionExchange;
import io.grasp.engine.extension.ExtensionHandler;
import io.grasp.engine.extension.ReceivedExtension;
import io.grasp.engine.extension.ReceivedOption;
import io.grasp.engine.node.Cancellable;
import io.grasp.model.AsaLocator;
import io.grasp.model.ExtensionMessage;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.ObjectiveValue;
import io.grasp.substrate.Loop;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What RFC 8990 leaves to later documents: messages of the types that it has not assigned, 10 to 98 and 107 to 255, and
 * options that it does not know. Only handlers that are set here see them; a type without a handler is answered by
 * M_INVALID on a connection, and discarded in silence on a link (section 2.8.2). Relays pass unknown options on as they
 * are, and unknown messages not at all.
 *
 * <p>What comes in while a subscriber has no demand is dropped, and counted as {@link
 * io.grasp.observe.DropReason#LIMIT}: {@code onBackpressureBuffer} keeps as much as one wants. An operator that throws
 * on one message, such as a {@code map} that decodes what any node may send, misses all that follow; the methods that
 * take a handler go on with the next one. A DULL instance sends and takes no such messages, but options.
 */
public final class Extensions {
    private final Asa asa;
    private final EngineAsa engine;
    private final Loop loop;

    Extensions(Asa asa) {
        this.asa = asa;
        this.engine = asa.engine();
        this.loop = asa.loop();
    }

    /**
     * Handles messages of an unassigned type, by multicast and by connection. A multicast may come more than once, by
     * several links for instance; its Session ID and initiator tell.
     *
     * @param type the MESSAGE_TYPE
     * @return what comes in; completes with the ASA, fails with {@link IllegalArgumentException} if the type is
     *     assigned. Cancelling it ends the handling
     */
    public Flux<IncomingMessage> messages(int type) {
        return this.<ReceivedExtension, IncomingMessage>handled(
                handler -> engine.onMessages(type, handler), received -> new IncomingMessage(loop, received));
    }

    /**
     * Handles messages of an unassigned type, each apart from the others, see {@link #messages(int, Handler,
     * ListenOptions)}.
     *
     * @param type the MESSAGE_TYPE
     * @param handler what to do with a message
     * @return completes with the ASA
     */
    public Mono<Void> messages(int type, Handler<? super IncomingMessage> handler) {
        return messages(type, handler, ListenOptions.DEFAULTS);
    }

    /**
     * Handles messages of an unassigned type, each apart from the others. Failures go to {@link
     * io.grasp.observe.GraspObserver#handlerFailed} and to {@link ListenOptions#withOnFailure}, and the next message is
     * handled all the same.
     *
     * @param type the MESSAGE_TYPE
     * @param handler called on the loop with each message; what the publisher that it returns emits is ignored
     * @param options how many messages at once, {@link io.grasp.config.Limits#pendingReplies} unless set: further ones
     *     are dropped; and a hook for failures
     * @return completes with the ASA, fails as {@link #messages(int)} does. Cancelling it ends the handling and
     *     cancels the handlers
     */
    public Mono<Void> messages(int type, Handler<? super IncomingMessage> handler, ListenOptions options) {
        return asa.isolatedMessages(
                messages(type),
                (incoming, failure) -> failure.in(incoming.message().session()),
                handler,
                options);
    }

    /**
     * Handles options of an unassigned number: in discoveries and floods that are no duplicates, before they are
     * processed, and in every message on a connection.
     *
     * @param type the option's number
     * @return what comes in, with the message that holds it; completes with the ASA, fails with
     *     {@link IllegalArgumentException} if the number is assigned. Cancelling it ends the handling
     */
    public Flux<IncomingOption> options(int type) {
        return this.<ReceivedOption, IncomingOption>handled(
                handler -> engine.onOptions(type, handler), IncomingOption::new);
    }

    /**
     * Handles options of an unassigned number, each apart from the others, see
     * {@link #options(int, Handler, ListenOptions)}.
     *
     * @param type the option's number
     * @param handler what to do with an option
     * @return completes with the ASA
     */
    public Mono<Void> options(int type, Handler<? super IncomingOption> handler) {
        return options(type, handler, ListenOptions.DEFAULTS);
    }

    /**
     * Handles options of an unassigned number, each apart from the others, as {@link #messages(int, Handler,
     * ListenOptions)} does with messages.
     *
     * @param type the option's number
     * @param handler called on the loop with each option; what the publisher that it returns emits is ignored
     * @param options how many options at once, {@link io.grasp.config.Limits#pendingReplies} unless set: further ones
     *     are dropped; and a hook for failures
     * @return completes with the ASA, fails as {@link #options(int)} does. Cancelling it ends the handling and cancels
     *     the handlers
     */
    public Mono<Void> options(int type, Handler<? super IncomingOption> handler, ListenOptions options) {
        return asa.isolatedMessages(
                options(type),
                (incoming, failure) -> incoming.session().map(failure::in).orElse(failure),
                handler,
                options);
    }

    private <T, R> Flux<R> handled(Function<ExtensionHandler<T>, Cancellable> register, Function<T, R> shown) {
        return LoopFlux.bounded(loop, emitter -> {
            Demanded<T, R> handler = new Demanded<>(emitter, shown);
            Cancellable handling = register.apply(handler);
            emitter.onRequest(handler::request);
            return handling;
        });
    }

    /**
     * Sends a message of an unassigned type to all neighbors on every link:
     * {@code [type, session, initiator, options...]}.
     *
     * @param type the MESSAGE_TYPE
     * @param options what follows the initiator, each what {@link ObjectiveValue#of} takes
     * @return completes when it has been sent; fails if it fits on no link, or no link takes it
     */
    public Mono<Void> multicast(int type, Object... options) {
        List<Object> content = List.of(options);
        return LoopFlux.single(loop, emitter -> {
            engine.multicast(type, values(content), failure -> EventAdapters.sent(emitter, failure));
            return () -> {};
        });
    }

    /**
     * Sends a message of an unassigned type to one peer: {@code [type, session, options...]}.
     *
     * @param peer any ASA of the node
     * @param timeout how long to wait for answers, above zero
     * @param type the MESSAGE_TYPE
     * @param options what follows the Session ID, each what {@link ObjectiveValue#of} takes
     * @return what the peer answers on the same connection, which is read as there is demand; completes when the peer
     *     has ended it, or at the timeout. Fails if the peer cannot be reached or answers M_INVALID. Cancelling it
     *     closes the connection
     * @throws IllegalArgumentException if the timeout is zero or negative
     */
    public Flux<ExtensionMessage> ask(AsaLocator peer, Duration timeout, int type, Object... options) {
        Durations.requirePositive("timeout", timeout);
        List<Object> content = List.of(options);
        return LoopFlux.bounded(loop, emitter -> {
            ExtensionExchange exchange = engine.ask(peer, type, values(content), timeout, new Answers(emitter));
            emitter.onRequest(exchange::request);
            return exchange;
        });
    }

    /** Gives on as much as is asked for. */
    private static final class Demanded<T, R> implements ExtensionHandler<T> {
        private final LoopEmitter<R> emitter;
        private final Function<T, R> shown;
        private long demand;

        Demanded(LoopEmitter<R> emitter, Function<T, R> shown) {
            this.emitter = emitter;
            this.shown = shown;
        }

        void request(long more) {
            demand = demand + more < 0 ? Long.MAX_VALUE : demand + more;
        }

        @Override
        public boolean received(T what) {
            if (demand == 0) {
                return false;
            }
            demand -= demand == Long.MAX_VALUE ? 0 : 1;
            return emitter.next(shown.apply(what));
        }

        @Override
        public void stopped() {
            emitter.complete();
        }
    }

    private record Answers(LoopEmitter<ExtensionMessage> emitter) implements ExtensionEvents {
        @Override
        public void answered(ExtensionMessage answer) {
            emitter.next(answer);
        }

        @Override
        public void completed() {
            emitter.complete();
        }

        @Override
        public void failed(GraspException failure) {
            emitter.error(failure);
        }
    }

    static List<ObjectiveValue> values(List<Object> values) {
        return values.stream().map(ObjectiveValue::of).toList();
    }

    static GraspException notSent(Throwable failure) {
        return GraspException.transport(
                GraspErrorCode.UNSPECIFIED, "it was not sent: " + failure.getMessage(), failure);
    }
}
