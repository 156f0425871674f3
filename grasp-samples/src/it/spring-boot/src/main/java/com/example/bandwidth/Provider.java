package com.example.bandwidth;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.TypedMove;
import io.grasp.api.TypedOffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** The ASA that has bandwidth. It listens from the start of the application to its end. */
@Component
@ConditionalOnProperty("bandwidth.limit")
class Provider implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Provider.class);

    private final Grasp grasp;
    private final int limit;
    private volatile Disposable listening;

    Provider(Grasp grasp, BandwidthProperties properties) {
        this.grasp = grasp;
        this.limit = properties.limit();
    }

    @Override
    public void start() {
        listening = Mono.usingWhen(grasp.registerAsa("provider"), this::serve, Asa::deregister)
                .subscribe(never -> {}, failure -> LOG.error("The provider has failed", failure));
    }

    private Mono<Void> serve(Asa asa) {
        return asa.typed(Bandwidth.OBJECTIVE)
                .register()
                .flatMap(bandwidth ->
                        bandwidth.listenNegotiate(customer -> customer.converse(offers -> offers.map(this::answer))));
    }

    private TypedMove<Bandwidth> answer(TypedOffer<Bandwidth> asked) {
        return asked.value().mbits() <= limit ? asked.accept() : asked.propose(new Bandwidth(limit));
    }

    @Override
    public void stop() {
        listening.dispose();
    }

    @Override
    public boolean isRunning() {
        return listening != null && !listening.isDisposed();
    }
}
