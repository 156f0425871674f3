package io.grasp.samples.transfer;

import io.grasp.host.AsaManifest;
import io.grasp.host.HostContext;
import io.grasp.host.HostedAsa;
import io.grasp.host.Parameter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The file server as an ASA of a host: it serves the directory {@code files} in its storage, which it creates, so that
 * neither a policy nor a wrong setting can open another one to the peers.
 */
public final class HostedFileServer implements HostedAsa {
    private static final Parameter<Long> BYTES_PER_SECOND = Parameter.number(
                    "bytes-per-second", TransferLimits.UNLIMITED, TransferLimits.LEAST_RATE, TransferLimits.UNLIMITED)
            .withDescription("How many bytes all transfers together may take in a second; used from the next start on")
            .withOperatorOnly();

    /** Created by a host. */
    public HostedFileServer() {}

    @Override
    public AsaManifest manifest() {
        return AsaManifest.of(FileServer.NAME, "1.0")
                .withDescription("Serves the files of its directory")
                .withObjectives(TransferMessages.FILE.name(), TransferMessages.GRASPY_FILE.name())
                .withParameters(BYTES_PER_SECOND);
    }

    @Override
    public Mono<Void> start(HostContext context) {
        TransferLimits limits = TransferLimits.DEFAULTS.withBytesPerSecond(context.parameter(BYTES_PER_SECOND));
        return OffLoop.call(Schedulers.boundedElastic(), () -> directory(context.storage()))
                .publishOn(context.scheduler())
                .flatMap(directory -> new FileServer(
                                directory,
                                limits,
                                context.scheduler(),
                                Schedulers.boundedElastic(),
                                ended -> context.report(ended.describe()))
                        .run(context.asa(), context::ready));
    }

    private static ServedDirectory directory(Path storage) throws IOException {
        return ServedDirectory.of(Files.createDirectories(storage.resolve("files")));
    }
}
