package com.example.bandwidth;

import io.grasp.api.Grasp;
import io.grasp.api.RequestOptions;
import io.grasp.api.TypedAsa;
import io.grasp.api.TypedMove;
import io.grasp.api.TypedOffer;
import io.grasp.api.TypedOutcome;
import io.grasp.model.GraspException;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

/** The ASA that needs bandwidth, for HTTP clients: {@code GET /bandwidth/80}. */
@RestController
@ConditionalOnMissingBean(Provider.class)
class CustomerController {
    private final TypedAsa<Bandwidth> bandwidth;
    private final RequestOptions options;

    CustomerController(Grasp grasp, BandwidthProperties properties) {
        this.bandwidth = grasp.registerAsa("customer")
                .flatMap(asa -> asa.typed(Bandwidth.OBJECTIVE).register())
                .block();
        this.options = RequestOptions.within(properties.timeout());
    }

    @GetMapping("/bandwidth/{mbits}")
    Mono<Bandwidth> ask(@PathVariable int mbits) {
        return bandwidth
                .negotiate(new Bandwidth(mbits), options, offers -> offers.map(offer -> answer(offer, mbits)))
                .map(CustomerController::agreed)
                .onErrorMap(GraspException.class, CustomerController::noAnswer);
    }

    private static TypedMove<Bandwidth> answer(TypedOffer<Bandwidth> offer, int mbits) {
        return 2 * offer.value().mbits() >= mbits ? offer.accept() : offer.decline("less than half");
    }

    private static Bandwidth agreed(TypedOutcome<Bandwidth> outcome) {
        return outcome.agreed().orElseThrow(() -> new ResponseStatusException(HttpStatus.CONFLICT, outcome.toString()));
    }

    private static ResponseStatusException noAnswer(GraspException failure) {
        return new ResponseStatusException(HttpStatus.GATEWAY_TIMEOUT, failure.getMessage(), failure);
    }
}
