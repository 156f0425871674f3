package io.grasp.samples.transfer;

import io.grasp.api.Asa;
import io.grasp.api.Negotiation;
import io.grasp.api.RawChannel;
import io.grasp.api.RequestOptions;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.NegotiationOutcome.Accepted;
import io.grasp.model.NegotiationOutcome.Declined;
import io.grasp.samples.transfer.TransferEvent.Progress;
import io.grasp.samples.transfer.TransferEvent.Stored;
import io.grasp.samples.transfer.TransferException.Reason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Gets files from {@link FileServer}, or from graspy's pusher.py. Files are written outside of the node's loop, and
 * nothing is read from the network faster than the disk takes it. Several files can be got at once.
 */
public final class FileClient {
    /** The number of chunks that wait for the disk, and of those that wait for their time. */
    private static final int BEHIND = 8;

    private static final String GRASPY_ACK = "ACK";

    private final Asa asa;
    private final TransferLimits limits;
    private final Scheduler time;
    private final Scheduler work;
    private final RateLimit rate;

    /**
     * A client.
     *
     * @param asa the ASA that asks
     * @param limits the limits of each transfer, and the rate of all together
     * @param time the scheduler of the node
     * @param work where files are written; blocks
     */
    public FileClient(Asa asa, TransferLimits limits, Scheduler time, Scheduler work) {
        this.asa = asa;
        this.limits = limits;
        this.time = time;
        this.work = work;
        this.rate = new RateLimit(limits.bytesPerSecond(), time);
    }

    /** {@return registers the objectives; completes when files can be got} */
    public Mono<Void> register() {
        return asa.register(TransferMessages.FILE, TransferMessages.options())
                .then(asa.register(TransferMessages.GRASPY_FILE, TransferMessages.graspyOptions()));
    }

    /**
     * Gets a file over a raw channel, and checks its hash. What an earlier attempt has left under the temporary name is
     * not sent again, if it is the beginning of the file that the peer has now.
     *
     * @param name the name in the peer's directory
     * @param target the local file
     * @param replace whether it may replace a file
     * @param options the peer, or how to find one
     * @return the progress, of which a slow subscriber gets the latest, and then the stored file; fails with a
     *     {@link TransferException}, or with a {@link GraspException} if the peer is not found, is silent, or ends the
     *     connection early. A further subscription resumes the transfer. Cancelling it resets the connection
     */
    public Flux<TransferEvent> get(FileName name, Path target, boolean replace, RequestOptions options) {
        return writing(target, replace, file -> {
            Mono<RawChannel> channel = Mono.defer(() -> asa.raw()
                    .request(
                            TransferMessages.FILE.withValue(
                                    TransferMessages.request(name, file.length(), knownHash(file))),
                            options));
            return Flux.usingWhen(
                    channel,
                    open -> receive(open, new FileReceiver(name, target, file, limits)),
                    RawChannel::close,
                    FileClient::refuse,
                    open -> file.isFinished() ? open.close() : open.cancel());
        });
    }

    /** Notifies the server why the transfer ends, unless the connection is the reason. */
    private static Mono<Void> refuse(RawChannel channel, Throwable failure) {
        return failure instanceof TransferException why ? TransferMessages.refuse(channel, why) : channel.cancel();
    }

    private static byte[] knownHash(PartialFile file) {
        return file.length() == 0 ? new byte[0] : file.sha256();
    }

    private Flux<TransferEvent> receive(RawChannel channel, FileReceiver receiver) {
        return channel.receive()
                .timeout(limits.stall(), time)
                .onErrorMap(TimeoutException.class, late -> stalled())
                .concatMap(item -> rate.pass(item.item().length(), item), BEHIND)
                .concatMap(item -> OffLoop.call(work, () -> receiver.accept(item)), BEHIND)
                .concatMap(Mono::justOrEmpty)
                .concatWith(Mono.error(() -> GraspException.transport(
                        GraspErrorCode.NO_SOCKET, "the peer has ended the transfer before its end")))
                .takeUntil(event -> event instanceof Stored)
                .concatMap(
                        event -> event instanceof Stored
                                ? channel.send(TransferMessages.STORED)
                                        .onErrorComplete() // the file is complete all the same
                                        .thenReturn(event)
                                : Mono.just(event),
                        1);
    }

    /**
     * Gets a file from graspy's pusher.py, by 1 KiB for each step. It has no hash, and cannot be resumed.
     *
     * @param name the name, as the pusher takes it
     * @param target the local file
     * @param replace whether it may replace a file
     * @param options the peer, or how to find one
     * @return as {@link #get}; an empty file is not distinguished from one that ends at once
     */
    public Flux<TransferEvent> getFromGraspy(FileName name, Path target, boolean replace, RequestOptions options) {
        return writing(
                target,
                replace,
                file -> Flux.usingWhen(
                        Mono.fromRunnable(file::restart)
                                .subscribeOn(work)
                                .then(Mono.defer(() -> asa.requestNegotiate(
                                        TransferMessages.GRASPY_FILE.withValue(name.text()), options))),
                        negotiation -> take(negotiation, name, target, file)
                                .expand(event -> event instanceof Stored
                                        ? Mono.empty()
                                        : negotiation
                                                .step(GRASPY_ACK, loopCount(negotiation))
                                                .flatMap(answered -> take(answered, name, target, file))),
                        negotiation -> Mono.empty(),
                        (negotiation, failure) -> decline(negotiation).then(discard(file)),
                        negotiation -> negotiation.cancel().then(discard(file))));
    }

    private static int loopCount(Negotiation negotiation) {
        return Math.max(1, negotiation.objective().loopCount());
    }

    private Mono<Void> discard(PartialFile file) {
        return OffLoop.run(work, file::discard);
    }

    private static Mono<Void> decline(Negotiation negotiation) {
        return negotiation.outcome().isPresent()
                ? Mono.empty()
                : negotiation
                        .decline("The file could not be stored")
                        .onErrorComplete()
                        .then();
    }

    /** Takes what the peer has sent, at last the empty chunk. */
    private Mono<TransferEvent> take(Negotiation negotiation, FileName name, Path target, PartialFile file) {
        Object outcome = negotiation.outcome().orElse(null);
        if (outcome instanceof Declined declined) {
            return Mono.error(new TransferException(Reason.NO_FILE, "The peer has declined: " + declined.reason()));
        } else if (outcome instanceof Accepted) {
            return Mono.error(new TransferException(Reason.ENDED, "The peer has accepted without sending the file"));
        }
        return Mono.fromSupplier(() ->
                        TransferMessages.graspyBytes(negotiation.objective().value()))
                .flatMap(chunk -> rate.pass(chunk.length, chunk))
                .flatMap(chunk -> OffLoop.call(work, () -> store(chunk, name, target, file)))
                .flatMap(event -> event instanceof Stored
                        ? negotiation.accept().onErrorComplete().thenReturn(event)
                        : Mono.just(event));
    }

    private TransferEvent store(byte[] chunk, FileName name, Path target, PartialFile file) {
        if (chunk.length == 0) {
            return new Stored(name, target, file.length(), 0, file.finish(null), false);
        }
        limits.require(file.length() + chunk.length);
        file.write(chunk);
        return new Progress(name, file.length(), OptionalLong.empty());
    }

    /** Opens the temporary file, uses it within the limits, and closes it. */
    private Flux<TransferEvent> writing(
            Path target, boolean replace, Function<PartialFile, Publisher<TransferEvent>> use) {
        return Flux.usingWhen(
                        Mono.fromSupplier(() -> new PartialFile(target, replace)),
                        file -> OffLoop.run(work, file::open).thenMany(use.apply(file)),
                        file -> OffLoop.run(work, file::close))
                .takeUntilOther(Mono.delay(limits.longest(), time)
                        .then(Mono.error(() -> new TransferException(
                                Reason.TIME_OVER, "The transfer has taken more than " + text(limits.longest())))))
                .onBackpressureLatest();
    }

    private GraspException stalled() {
        return GraspException.local(GraspErrorCode.NO_REPLY, "the peer has sent nothing for " + text(limits.stall()));
    }

    private static String text(Duration time) {
        return time.toMillis() + " ms";
    }
}
