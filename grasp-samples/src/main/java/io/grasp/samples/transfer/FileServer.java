package io.grasp.samples.transfer;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.Negotiation;
import io.grasp.api.RawChannel;
import io.grasp.cbor.CborWriter;
import io.grasp.model.GraspException;
import io.grasp.model.NegotiationOutcome.Accepted;
import io.grasp.model.NegotiationOutcome.Declined;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.Peer;
import io.grasp.samples.text.NodeAddress;
import io.grasp.samples.transfer.TransferException.Reason;
import io.grasp.samples.transfer.TransferMessages.Failure;
import io.grasp.samples.transfer.TransferMessages.Item;
import io.grasp.samples.transfer.TransferMessages.Request;
import io.grasp.samples.transfer.TransferMessages.Stored;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Serves the files of a directory: to {@link FileClient} over raw channels, and to graspy's getter.py by negotiations
 * about {@code 411:mvFile}. Files are read outside of the node's loop, not faster than the peer takes them. When the
 * maximum of transfers is reached, a peer gets a place of one that has more; the transfer that ends can be resumed.
 */
public final class FileServer {
    /** The name of the ASA. */
    public static final String NAME = "file-server";

    /** The number of items that wait for their time, and of those that wait for the network. */
    private static final int AHEAD = 8;

    /** As graspy's pusher.py. */
    private static final int GRASPY_CHUNK_BYTES = 1024;

    private static final String GRASPY_ACK = "ACK";

    private final ServedDirectory directory;
    private final TransferLimits limits;
    private final Scheduler time;
    private final Scheduler work;
    private final Consumer<ServedTransfer> ended;
    private final RateLimit rate;
    private final TransferPlaces places;

    /**
     * A server.
     *
     * @param directory what peers may read
     * @param limits the limits of all transfers together, and of each
     * @param time the scheduler of the node
     * @param work where files are read; blocks
     * @param ended receives each transfer when it has ended, on any thread
     */
    public FileServer(
            ServedDirectory directory,
            TransferLimits limits,
            Scheduler time,
            Scheduler work,
            Consumer<ServedTransfer> ended) {
        this.directory = directory;
        this.limits = limits;
        this.time = time;
        this.work = work;
        this.ended = ended;
        this.rate = new RateLimit(limits.bytesPerSecond(), time);
        this.places = new TransferPlaces(limits.atOnce());
    }

    /**
     * Runs as an ASA of a node until it is cancelled or the node is closed.
     *
     * @param grasp the node
     * @param whenReady runs when peers can get files
     * @return completes when the node is closed. Cancelling it ends all transfers
     */
    public Mono<Void> run(Grasp grasp, Runnable whenReady) {
        return grasp.registerAsa(NAME).flatMap(asa -> run(asa, whenReady));
    }

    /**
     * Runs until it is cancelled or the node is closed.
     *
     * @param asa the handle with which it answers, {@link #NAME}
     * @param whenReady runs when peers can get files
     * @return completes when the node is closed. Cancelling it ends all transfers
     */
    public Mono<Void> run(Asa asa, Runnable whenReady) {
        return asa.register(TransferMessages.FILE, TransferMessages.options())
                .then(asa.register(TransferMessages.GRASPY_FILE, TransferMessages.graspyOptions()))
                .then(Mono.fromRunnable(whenReady))
                .then(listen(asa));
    }

    private Mono<Void> listen(Asa asa) {
        return Mono.when(
                asa.raw().listen(TransferMessages.FILE, this::serve),
                asa.listenNegotiate(TransferMessages.GRASPY_FILE, this::serve));
    }

    private Mono<Void> serve(RawChannel channel) {
        Transfer transfer = new Transfer(channel.peer());
        return transfer.run(send(channel, transfer), failure -> TransferMessages.refuse(channel, failure));
    }

    private Mono<Void> serve(Negotiation negotiation) {
        Transfer transfer = new Transfer(negotiation.peer());
        return transfer.run(
                send(negotiation, transfer),
                failure -> negotiation.outcome().isPresent()
                        ? Mono.empty()
                        : negotiation
                                .decline(String.valueOf(failure.getMessage()))
                                .then());
    }

    /** Sends a file. The requester ends the transfer: when it has stored the file, or earlier. */
    private Mono<Void> send(RawChannel channel, Transfer transfer) {
        Mono<Void> content = Mono.fromSupplier(
                        () -> TransferMessages.readRequest(channel.objective().value()))
                .flatMapMany(request -> items(request, transfer))
                .concatMap(item -> rate.pass(item.item().length(), item), AHEAD)
                .concatMap(item -> channel.send(item).timeout(limits.stall(), Mono.error(this::stalled), time), AHEAD)
                .then(Mono.delay(limits.stall(), time))
                .then(Mono.<Void>error(this::stalled));
        return Mono.firstWithSignal(answer(channel, transfer), content);
    }

    private Flux<ObjectiveValue> items(Request request, Transfer transfer) {
        return transfer.reading(
                request.name(),
                file -> OffLoop.call(work, () -> file.next(request))
                        .repeat()
                        .takeWhile(items -> !items.isEmpty())
                        .concatMapIterable(Function.identity(), 1));
    }

    /** {@return completes when the requester has stored the file} */
    private Mono<Void> answer(RawChannel channel, Transfer transfer) {
        return channel.receive()
                .next()
                .switchIfEmpty(Mono.error(() -> new TransferException(
                        Reason.ENDED, "The peer has ended the transfer before it had stored the file")))
                .flatMap(item -> {
                    Item answer = TransferMessages.read(item);
                    if (answer instanceof Failure failure) {
                        return Mono.error(failure.exception());
                    }
                    return answer instanceof Stored && transfer.file.isAllRead()
                            ? Mono.empty()
                            : Mono.error(new TransferException(Reason.INVALID, "Unexpected message"));
                });
    }

    private TransferException stalled() {
        return new TransferException(
                Reason.TIME_OVER,
                "The peer has taken no data for " + limits.stall().toMillis() + " ms");
    }

    private Mono<Void> send(Negotiation negotiation, Transfer transfer) {
        Objective request = negotiation.objective();
        return Mono.fromSupplier(() -> graspyName(request))
                .flatMapMany(name -> transfer.reading(
                        name,
                        file -> step(negotiation, file, request.value().isRawCbor())
                                .repeat()
                                .takeUntil(isLast -> isLast)))
                .then();
    }

    private static FileName graspyName(Objective request) {
        if (request.isDryRun()) {
            throw new TransferException(Reason.INVALID, "Dry run not supported");
        }
        try {
            return new FileName(request.value().as(String.class));
        } catch (GraspException notText) {
            throw new TransferException(Reason.INVALID, "The value is not a file name");
        }
    }

    /** {@return whether the transfer has ended} The requester acknowledges each chunk, and accepts the empty one. */
    private Mono<Boolean> step(Negotiation negotiation, SentFile file, boolean isWrapped) {
        return OffLoop.call(work, () -> file.read(GRASPY_CHUNK_BYTES))
                .flatMap(chunk -> rate.pass(chunk.length, chunk)
                        .flatMap(passed -> negotiation.step(
                                graspyChunk(passed, isWrapped),
                                Math.max(1, negotiation.objective().loopCount())))
                        .map(answered -> isLast(answered, chunk.length == 0)));
    }

    /** A requester that wraps its request in tag 24 gets its answers in the same form. */
    private static ObjectiveValue graspyChunk(byte[] chunk, boolean isWrapped) {
        if (!isWrapped) {
            return TransferMessages.chunk(chunk);
        }
        CborWriter writer = new CborWriter();
        writer.writeBytes(chunk);
        return ObjectiveValue.ofRawCbor(writer.toByteArray());
    }

    private static boolean isLast(Negotiation answered, boolean allIsSent) {
        Object outcome = answered.outcome().orElse(null);
        if (outcome instanceof Declined declined) {
            throw new TransferException(Reason.ENDED, "The peer has declined: " + declined.reason());
        } else if (outcome instanceof Accepted) {
            if (!allIsSent) {
                throw new TransferException(Reason.ENDED, "The peer has ended the transfer before its end");
            }
            return true;
        }
        if (allIsSent || !answered.objective().value().equals(ObjectiveValue.of(GRASPY_ACK))) {
            throw new TransferException(Reason.INVALID, "Unexpected reply");
        }
        return false;
    }

    /** A transfer to a peer. */
    private final class Transfer {
        private final String peer;
        private final SentFile file = new SentFile();
        private volatile String name = "";

        Transfer(Peer peer) {
            this.peer = NodeAddress.of(peer).toString();
        }

        /** Opens a file, uses it, and closes it. */
        <T> Flux<T> reading(FileName requested, Function<SentFile, Flux<T>> use) {
            name = requested.text();
            return Flux.usingWhen(
                    Mono.just(file),
                    opened -> OffLoop.run(work, () -> opened.open(directory, requested, limits))
                            .thenMany(Flux.defer(() -> use.apply(opened))),
                    opened -> OffLoop.run(work, opened::close));
        }

        /**
         * Runs an exchange within the limits, and reports its end.
         *
         * @param refuse notifies the peer
         * @return completes in any case: the peer is notified of a failure, so the session ends in good order
         */
        Mono<Void> run(Mono<Void> exchange, Function<TransferException, Mono<Void>> refuse) {
            return Mono.defer(() -> places.use(peer, exchange))
                    .timeout(limits.longest(), Mono.error(this::timeOver), time)
                    .onErrorResume(
                            TransferException.class,
                            failure -> refuse.apply(failure).onErrorComplete().then(Mono.error(failure)))
                    .doOnSuccess(done -> report(Optional.empty()))
                    .onErrorResume(failure -> {
                        report(Optional.of(String.valueOf(failure.getMessage())));
                        return Mono.empty();
                    });
        }

        private TransferException timeOver() {
            return new TransferException(
                    Reason.TIME_OVER,
                    "The transfer has taken more than " + limits.longest().toMillis() + " ms");
        }

        private void report(Optional<String> failure) {
            ended.accept(new ServedTransfer(peer, name, file.sent(), failure));
        }
    }
}
