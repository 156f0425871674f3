package io.grasp.samples.quads;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.Move;
import io.grasp.api.PeerSelector;
import io.grasp.api.RequestOptions;
import io.grasp.cbor.CborException;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.Locator;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.NegotiationOutcome.Accepted;
import io.grasp.model.NegotiationOutcome.Declined;
import io.grasp.model.Objective;
import io.grasp.samples.text.Failures;
import io.grasp.samples.text.LineOutput;
import io.grasp.substrate.netty.quads.QuadsKey;
import io.grasp.util.AddressText;
import java.io.IOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/**
 * Gets the shared key of a QUADS domain, as graspy's qpledge.py does. Nothing proves who the registrar is: any node
 * that floods a public key learns the password.
 */
public final class QuadsPledge {
    private static final Duration STEP = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final byte[] password;
    private final Scheduler time;
    private final Scheduler work;
    private final LineOutput talk;

    /**
     * @param password the password of the domain for pledges, in UTF-8
     * @param time the scheduler of the pauses
     * @param work where RSA runs and the key is stored
     */
    public QuadsPledge(byte[] password, Scheduler time, Scheduler work, LineOutput talk) {
        this.password = password.clone();
        this.time = time;
        this.work = work;
        this.talk = talk;
    }

    /** Stores the key. */
    @FunctionalInterface
    public interface Store {
        /**
         * Stores the key.
         *
         * @throws IOException if it cannot be stored; then the pledge declines it
         */
        void put(QuadsKey key) throws IOException;
    }

    /**
     * Asks for the key until it has it, at most for some time.
     *
     * @param longest how long
     * @param store stores the key, before the registrar is notified
     * @return completes when the key is stored; fails if the password is refused or the time is over
     */
    public Mono<Void> enroll(Grasp grasp, Duration longest, Store store) {
        return Mono.fromRunnable(() -> talk.say("Waiting for a registrar, which floods its key once a minute"))
                .then(Mono.fromCallable(Rsa::newKeyPair))
                .subscribeOn(work)
                .flatMap(own -> grasp.registerAsa("qpledge")
                        .flatMap(asa -> asa.register(Enrolment.KEYS)
                                .then(Mono.defer(() -> attempt(asa, own, store)).retryWhen(again()))))
                .timeout(longest, time)
                .onErrorMap(
                        TimeoutException.class,
                        late -> new IllegalStateException("Not enrolled within " + text(longest), late));
    }

    private static String text(Duration time) {
        return time.toSeconds() == 0 ? time.toMillis() + " ms" : time.toSeconds() + " s";
    }

    private Retry again() {
        return Retry.fixedDelay(Long.MAX_VALUE, PAUSE)
                .scheduler(time)
                .filter(failure -> !(failure instanceof RefusedException))
                .doBeforeRetry(failed -> talk.say("Not yet enrolled: " + Failures.oneLine(failed.failure())));
    }

    private Mono<Void> attempt(Asa asa, KeyPair own, Store store) {
        return asa.floods(Enrolment.PUBLIC_KEY.name()).next().flatMap(flooded -> {
            talk.say("A registrar floods its public key at " + AddressText.of(flooded.initiator()));
            RequestOptions options =
                    RequestOptions.within(STEP).withPeerSelector(found -> select(found, flooded.initiator()));
            Mono<NegotiationOutcome> outcome = Mono.fromCallable(() -> request(flooded, own))
                    .subscribeOn(work)
                    .flatMap(request -> asa.negotiate(request, options, offers -> answers(offers, own, store)));
            return outcome.flatMap(QuadsPledge::concluded);
        });
    }

    private Flux<Move> answers(Flux<Objective> offers, KeyPair own, Store store) {
        return offers.concatMap(
                offer -> Mono.fromCallable(() -> accept(offer, own, store)).subscribeOn(work));
    }

    /** The registrar whose key was used, before others. */
    private static List<AsaLocator> select(List<AsaLocator> found, InetAddress registrar) {
        return PeerSelector.DEFAULT.select(found).stream()
                .sorted(Comparator.comparing(peer -> !isAt(peer.locator(), registrar)))
                .toList();
    }

    private static boolean isAt(Locator locator, InetAddress address) {
        return locator instanceof Locator.Ipv6 ipv6 && ipv6.address().equals(address)
                || locator instanceof Locator.Ipv4 ipv4 && ipv4.address().equals(address);
    }

    private Objective request(FloodedObjective flooded, KeyPair own) throws IOException {
        try {
            PublicKey registrar =
                    Rsa.read(Enrolment.readBytes(flooded.objective().value()));
            byte[] encrypted = Rsa.encrypt(registrar, password);
            return Enrolment.KEYS.withValue(Enrolment.request(encrypted, Rsa.pem(own.getPublic())));
        } catch (CborException | GeneralSecurityException e) {
            throw new IOException("the registrar's public key cannot be used", e);
        }
    }

    private static Move accept(Objective offer, KeyPair own, Store store) {
        try {
            byte[] keys = Rsa.decrypt(own.getPrivate(), Enrolment.readBytes(offer.value()));
            store.put(Enrolment.decode(keys));
            return Move.accept();
        } catch (CborException | GeneralSecurityException | IllegalArgumentException e) {
            return Move.decline("Invalid keys");
        } catch (IOException e) {
            return Move.decline("The keys could not be stored");
        }
    }

    private static Mono<Void> concluded(NegotiationOutcome outcome) {
        if (outcome instanceof Declined declined) {
            return Mono.error(
                    declined.reason().equals(Enrolment.WRONG_PASSWORD)
                            ? new RefusedException("The registrar refuses: " + declined.reason())
                            : new IllegalStateException("declined by " + declined.by() + ": " + declined.reason()));
        }
        return ((Accepted) outcome).by() == NegotiationOutcome.Side.PEER
                ? Mono.error(new IllegalStateException("the registrar has sent no key"))
                : Mono.empty();
    }

    /** A refusal that another attempt would not change. */
    private static final class RefusedException extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }
}
