package com.example.bandwidth;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.TypedMove;
import io.grasp.api.TypedOffer;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** The ASA that has bandwidth. It listens from the start of the application to its end. */
@Component
@ConditionalOnProperty(name = "bandwidth.role", havingValue = "provider")
class Provider implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Provider.class);

    private final Grasp grasp;
    private final int limit;
    private volatile Disposable running;
    private volatile boolean listening;

    Provider(Grasp grasp, BandwidthProperties properties) {
        this.grasp = grasp;
        this.limit = properties.limit();
    }

    /** An ASA that fails starts again after a pause (RFC 9222 section 9). */
    @Override
    public void start() {
        running = Mono.usingWhen(grasp.registerAsa("provider"), this::serve, Asa::deregister)
                .doOnError(failure -> LOG.warn("The provider has failed", failure))
                .retryWhen(Retry.backoff(Long.MAX_VALUE, Duration.ofSeconds(1))
                        .maxBackoff(Duration.ofMinutes(1))
                        .scheduler(grasp.scheduler()))
                .subscribe(never -> {}, ended -> LOG.error("The provider has ended", ended));
    }

    private Mono<Void> serve(Asa asa) {
        return asa.typed(Bandwidth.OBJECTIVE)
                .register()
                .doOnNext(registered -> listening = true)
                .flatMap(bandwidth ->
                        bandwidth.listenNegotiate(customer -> customer.converse(offers -> offers.map(this::answer))))
                .doFinally(end -> listening = false);
    }

    private TypedMove<Bandwidth> answer(TypedOffer<Bandwidth> asked) {
        return asked.value().mbits() <= limit ? asked.accept() : asked.propose(new Bandwidth(limit));
    }

    boolean isListening() {
        return listening;
    }

    @Override
    public void stop() {
        running.dispose();
    }

    @Override
    public boolean isRunning() {
        return running != null && !running.isDisposed();
    }
}
