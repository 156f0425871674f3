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
import io.grasp.model.GraspException;
import io.grasp.model.ObjectiveValue;
import io.grasp.substrate.Loop;
import io.grasp.util.Demand;
import io.grasp.util.SettingChecks;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The extensions that RFC 8990 leaves to later documents: messages of unassigned types, 10 to 98 and 107 to 255, and
 * unknown options. Only handlers that are set here receive them; a message without a handler is answered by M_INVALID
 * on a connection, and discarded silently on a link (section 2.8.2). Relays pass on unknown options unchanged, and do
 * not relay unknown messages.
 *
 * <p>Messages and options that come in while a subscriber has no demand are dropped and counted
 * as {@link io.grasp.observe.DropReason#NO_DEMAND}: to keep them, use {@code onBackpressureBuffer}. An operator that
 * throws on one message, such as a {@code map} that decodes it, misses all later ones; the methods with a handler
 * continue with the next one. A DULL instance neither sends nor accepts such messages, but accepts options.
 */
public final class Extensions {
    private final AsaContext asa;
    private final EngineAsa engine;
    private final Loop loop;

    Extensions(AsaContext asa) {
        this.asa = asa;
        this.engine = asa.engine();
        this.loop = asa.signals();
    }

    /**
     * Handles messages of an unassigned type, received by multicast and on connections. A multicast may arrive more
     * than once, for example on several links; its Session ID and initiator identify it.
     *
     * @param type the MESSAGE_TYPE
     * @return the messages; completes when the ASA is deregistered, fails with {@link IllegalArgumentException} if the
     *     type is assigned. Cancelling it removes the handler
     */
    public Flux<IncomingMessage> messages(int type) {
        return asa.emitted(handledMessages(type));
    }

    private Flux<IncomingMessage> handledMessages(int type) {
        return this.<ReceivedExtension, IncomingMessage>handled(
                handler -> engine.onMessages(type, handler), received -> new IncomingMessage(loop, received));
    }

    /**
     * Handles messages of an unassigned type in isolation from each other, see
     * {@link #messages(int, Handler, ListenOptions)}.
     *
     * @param type the MESSAGE_TYPE
     * @param handler handles a message
     * @return completes when the ASA is deregistered
     */
    public Mono<Void> messages(int type, Handler<? super IncomingMessage> handler) {
        return messages(type, handler, ListenOptions.DEFAULTS);
    }

    /**
     * Handles messages of an unassigned type in isolation from each other. Failures go to
     * {@link io.grasp.observe.GraspObserver#handlerFailed} and to {@link ListenOptions#withOnFailure}, and handling
     * continues with the next message.
     *
     * @param type the MESSAGE_TYPE
     * @param handler called on the loop with each message; the values of the returned publisher are ignored
     * @param options how many messages are handled at once, by default {@link io.grasp.config.Limits#pendingReplies}
     *     (further ones are dropped); and a hook for failures
     * @return completes when the ASA is deregistered, fails like {@link #messages(int)}. Cancelling it removes the
     *     handler and cancels its publishers
     */
    public Mono<Void> messages(int type, Handler<? super IncomingMessage> handler, ListenOptions options) {
        return asa.isolatedMessages(
                handledMessages(type),
                (incoming, failure) -> failure.in(incoming.message().session()),
                handler,
                options);
    }

    /**
     * Handles options with an unassigned number: in discoveries and floods that are not duplicates, before they are
     * processed, and in every message on a connection.
     *
     * @param type the option's number
     * @return the options, each with its message; completes when the ASA is deregistered, fails with
     *     {@link IllegalArgumentException} if the number is assigned. Cancelling it removes the handler
     */
    public Flux<IncomingOption> options(int type) {
        return asa.emitted(handledOptions(type));
    }

    private Flux<IncomingOption> handledOptions(int type) {
        return this.<ReceivedOption, IncomingOption>handled(
                handler -> engine.onOptions(type, handler), IncomingOption::new);
    }

    /**
     * Handles options with an unassigned number in isolation from each other, see
     * {@link #options(int, Handler, ListenOptions)}.
     *
     * @param type the option's number
     * @param handler handles an option
     * @return completes when the ASA is deregistered
     */
    public Mono<Void> options(int type, Handler<? super IncomingOption> handler) {
        return options(type, handler, ListenOptions.DEFAULTS);
    }

    /**
     * Handles options with an unassigned number in isolation from each other, like
     * {@link #messages(int, Handler, ListenOptions)} for messages.
     *
     * @param type the option's number
     * @param handler called on the loop with each option; the values of the returned publisher are ignored
     * @param options how many options are handled at once, by default {@link io.grasp.config.Limits#pendingReplies}
     *     (further ones are dropped); and a hook for failures
     * @return completes when the ASA is deregistered, fails like {@link #options(int)}. Cancelling it removes the
     *     handler and cancels its publishers
     */
    public Mono<Void> options(int type, Handler<? super IncomingOption> handler, ListenOptions options) {
        return asa.isolatedMessages(
                handledOptions(type),
                (incoming, failure) -> incoming.session().map(failure::in).orElse(failure),
                handler,
                options);
    }

    private <T, R> Flux<R> handled(Function<ExtensionHandler<T>, Cancellable> register, Function<T, R> shown) {
        return LoopFlux.bounded(asa.loop(), emitter -> {
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
     * @param options the options after the initiator, each a value for {@link ObjectiveValue#of}
     * @return completes when it has been sent; fails if it fits on no link, or if no link can send it
     */
    public Mono<Void> multicast(int type, Object... options) {
        List<Object> content = List.of(options);
        return LoopFlux.single(loop, emitter -> {
            engine.multicast(type, IncomingMessage.values(content), failure -> EventAdapters.sent(emitter, failure));
            return () -> {};
        });
    }

    /**
     * Sends a message of an unassigned type to one peer: {@code [type, session, options...]}.
     *
     * @param peer any ASA of the node
     * @param timeout how long to wait for answers, above zero
     * @param type the MESSAGE_TYPE
     * @param options the options after the Session ID, each a value for {@link ObjectiveValue#of}
     * @return the peer's answers on the same connection, which is read on demand; completes when the peer has ended the
     *     connection, or at the timeout. Fails if the peer cannot be reached or answers M_INVALID. Cancelling it closes
     *     the connection
     * @throws IllegalArgumentException if the timeout is zero or negative
     */
    public Flux<ExtensionMessage> ask(AsaLocator peer, Duration timeout, int type, Object... options) {
        SettingChecks.positive("timeout", timeout);
        List<Object> content = List.of(options);
        return LoopFlux.bounded(loop, emitter -> {
            ExtensionExchange exchange =
                    engine.ask(peer, type, IncomingMessage.values(content), timeout, new Answers(emitter));
            emitter.onRequest(exchange::request);
            return exchange;
        });
    }

    /** Passes on as many values as requested. */
    private static final class Demanded<T, R> implements ExtensionHandler<T> {
        private final LoopEmitter<R> emitter;
        private final Function<T, R> shown;
        private final Demand demand = new Demand();

        Demanded(LoopEmitter<R> emitter, Function<T, R> shown) {
            this.emitter = emitter;
            this.shown = shown;
        }

        void request(long more) {
            demand.add(more);
        }

        @Override
        public boolean received(T what) {
            if (!demand.isAny()) {
                return false;
            }
            demand.take();
            return emitter.next(shown.apply(what));
        }

        @Override
        public void stopped() {
            emitter.complete();
        }

        @Override
        public void failed(GraspException failure) {
            emitter.error(failure);
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
}
