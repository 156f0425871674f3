package io.grasp.samples.quads;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.ListenOptions;
import io.grasp.api.Move;
import io.grasp.api.Negotiation;
import io.grasp.cbor.CborException;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.GraspException;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.NegotiationOutcome.Accepted;
import io.grasp.model.NegotiationOutcome.Declined;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.samples.text.Failures;
import io.grasp.samples.text.LineOutput;
import io.grasp.substrate.netty.quads.QuadsKey;
import io.grasp.util.AddressText;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Gives the shared key of a QUADS domain to pledges, as graspy's quadski.py does. It floods a public key. A pledge
 * sends its own public key and the password of the domain, encrypted with the flooded key; it gets the shared key,
 * encrypted with its own.
 */
public final class QuadsRegistrar {
    /** Requests that are handled at one time; an RSA operation takes milliseconds. */
    private static final int MOST_AT_ONCE = 4;

    private final QuadsKey key;
    private static final int MAX_REMEMBERED = 1000;

    private final byte[] password;

    /**
     * The keys of pledges by the encrypted passwords that came with them: an encrypted password is the same for every
     * key, so another node could send one that it has seen.
     */
    private final Map<ByteBuffer, ByteBuffer> enrolled = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, ByteBuffer> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };

    private final Scheduler time;
    private final Scheduler work;
    private final LineOutput talk;
    private final Consumer<Request> requests;

    /**
     * @param key the key that pledges get
     * @param password what pledges must know, in UTF-8
     * @param time the scheduler of the floods
     * @param work where RSA runs
     * @param requests receives each request of a pledge when it has ended
     */
    public QuadsRegistrar(
            QuadsKey key,
            byte[] password,
            Scheduler time,
            Scheduler work,
            LineOutput talk,
            Consumer<Request> requests) {
        this.key = key;
        this.password = password.clone();
        this.time = time;
        this.work = work;
        this.talk = talk;
        this.requests = requests;
    }

    /**
     * A request of a pledge.
     *
     * @param pledge its address
     * @param enrolled whether it has the key
     * @param reason why not
     */
    public record Request(
            String event,
            String pledge,
            boolean enrolled,
            @Nullable String reason) {
        static Request of(Negotiation negotiation, @Nullable String reason) {
            String pledge = AddressText.of(negotiation.peer().address());
            return new Request("request", pledge, reason == null, reason);
        }

        /** {@return the request in words} */
        public String describe() {
            return enrolled ? "Enrolled " + pledge : "Refused " + pledge + ": " + reason;
        }
    }

    /**
     * Runs until it is cancelled or the node is closed.
     *
     * @param whenReady runs when pledges can enrol
     */
    public Mono<Void> run(Grasp grasp, Runnable whenReady) {
        return Mono.fromCallable(Rsa::newKeyPair)
                .subscribeOn(work)
                .flatMap(own -> grasp.registerAsa("quadski")
                        .flatMap(asa -> asa.register(Enrolment.PUBLIC_KEY)
                                .then(asa.register(Enrolment.KEYS, RegistrationOptions.DEFAULTS.withOverlap(true)))
                                .doOnSuccess(ready -> whenReady.run())
                                .then(Mono.firstWithSignal(listen(asa, own), flood(asa, own)))));
    }

    private Mono<Void> flood(Asa asa, KeyPair own) {
        Objective flooded = Enrolment.PUBLIC_KEY.withValue(Rsa.pem(own.getPublic()));
        return Flux.interval(Duration.ZERO, Enrolment.FLOOD_PERIOD, time)
                .onBackpressureDrop()
                .concatMap(tick -> asa.flood(flooded, Enrolment.FLOOD_TTL)
                        .onErrorResume(GraspException.class, failure -> {
                            talk.say("Flood failed: " + failure.getMessage());
                            return Mono.empty();
                        }))
                .onErrorComplete(GraspException.class) // the interval ends with the node
                .then();
    }

    private Mono<Void> listen(Asa asa, KeyPair own) {
        return asa.listenNegotiate(
                Enrolment.KEYS,
                negotiation -> handle(negotiation, own),
                ListenOptions.DEFAULTS.withConcurrency(MOST_AT_ONCE));
    }

    private Mono<Void> handle(Negotiation negotiation, KeyPair own) {
        return negotiation
                .converse(offers -> offers.index()
                        .concatMap(offer -> offer.getT1() == 0
                                ? Mono.fromCallable(() -> answer(offer.getT2(), own))
                                        .subscribeOn(work)
                                : Mono.just(Move.decline(Enrolment.INVALID))))
                .map(outcome -> Request.of(negotiation, refusal(outcome)))
                .onErrorResume(failure -> Mono.just(Request.of(negotiation, Failures.oneLine(failure))))
                .doOnNext(requests)
                .then();
    }

    private static @Nullable String refusal(NegotiationOutcome outcome) {
        return outcome instanceof Accepted ? null : ((Declined) outcome).reason();
    }

    private Move answer(Objective request, KeyPair own) {
        if (request.isDryRun()) {
            return Move.decline(Enrolment.NO_DRY_RUN);
        }
        try {
            Enrolment.Request read = Enrolment.readRequest(request.value());
            byte[] given = Rsa.decrypt(own.getPrivate(), read.password());
            if (!MessageDigest.isEqual(given, password)) {
                return Move.decline(Enrolment.WRONG_PASSWORD);
            }
            byte[] encrypted = Rsa.encrypt(Rsa.read(read.publicKey()), Enrolment.encode(key));
            if (!isFirstUse(read)) {
                return Move.decline(Enrolment.REPLAYED);
            }
            return Move.propose(ObjectiveValue.of(encrypted));
        } catch (CborException | GeneralSecurityException e) {
            return Move.decline(Enrolment.INVALID);
        }
    }

    /** {@return whether no pledge with another key has sent the same encrypted password} */
    private boolean isFirstUse(Enrolment.Request request) {
        ByteBuffer publicKey = ByteBuffer.wrap(request.publicKey());
        synchronized (enrolled) { // requests are handled on several threads
            return publicKey.equals(enrolled.computeIfAbsent(ByteBuffer.wrap(request.password()), first -> publicKey));
        }
    }
}
