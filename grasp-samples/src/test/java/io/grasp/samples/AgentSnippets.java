package io.grasp.samples;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.RequestOptions;
import io.grasp.samples.onboarding.Pledge;
import io.grasp.samples.onboarding.ProvisionalTls;
import io.grasp.samples.transfer.FileClient;
import io.grasp.samples.transfer.FileName;
import io.grasp.samples.transfer.FileServer;
import io.grasp.samples.transfer.ServedDirectory;
import io.grasp.samples.transfer.TransferEvent;
import io.grasp.samples.transfer.TransferLimits;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The code in docs/bulk-transfer.md and docs/onboarding.md. */
final class AgentSnippets {
    private AgentSnippets() {}

    /** Serves the files of a directory until it is cancelled. */
    static Mono<Void> serve(Grasp node, ServedDirectory directory) {
        return new FileServer(
                        directory,
                        TransferLimits.DEFAULTS,
                        node.scheduler(),
                        Schedulers.boundedElastic(),
                        ended -> System.out.println(ended.name() + " to " + ended.peer()))
                .run(node, () -> System.out.println("ready"));
    }

    /** Gets a file, and resumes up to three times after a failure of the network. */
    static Flux<TransferEvent> get(Grasp node, Asa asa, String name, Path target) {
        FileClient client = new FileClient(asa, TransferLimits.DEFAULTS, node.scheduler(), Schedulers.boundedElastic());
        return client.register()
                .thenMany(client.get(new FileName(name), target, false, RequestOptions.DEFAULTS)
                        .retryWhen(node.backoff(3)));
    }

    /** Finds a proxy through which a registrar answers. */
    static Mono<ProvisionalTls.Registrar> join(Grasp dull) {
        return new Pledge(dull, false, new SecureRandom(), System.out::println)
                .enroll(proxy -> ProvisionalTls.handshake(proxy.socketAddress()).timeout(Duration.ofSeconds(10)));
    }
}
