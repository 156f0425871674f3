package com.example.bandwidth;

import io.grasp.api.Grasp;
import io.grasp.api.RequestOptions;
import io.grasp.api.TypedAsa;
import io.grasp.api.TypedMove;
import io.grasp.api.TypedOffer;
import io.grasp.api.TypedOutcome;
import io.grasp.model.GraspException;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

/** The ASA that needs bandwidth, for HTTP clients: {@code GET /bandwidth/80}. */
@RestController
@ConditionalOnProperty(name = "bandwidth.role", havingValue = "customer", matchIfMissing = true)
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
                .negotiate(wanted(mbits), options, offers -> offers.map(offer -> answer(offer, mbits)))
                .map(CustomerController::agreed);
    }

    private static Bandwidth wanted(int mbits) {
        try {
            return new Bandwidth(mbits);
        } catch (IllegalArgumentException invalid) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST, invalid.getMessage(), invalid);
        }
    }

    private static TypedMove<Bandwidth> answer(TypedOffer<Bandwidth> offer, int mbits) {
        return 2 * offer.value().mbits() >= mbits ? offer.accept() : offer.decline("less than half");
    }

    private static Bandwidth agreed(TypedOutcome<Bandwidth> outcome) {
        return outcome.agreed().orElseThrow(() -> new ResponseStatusException(HttpStatus.CONFLICT, outcome.toString()));
    }

    @ExceptionHandler
    ProblemDetail failed(GraspException failure) {
        HttpStatus status = switch (failure.code()) {
            case NO_DISCOVERY_REPLY, NO_REPLY, NO_NEGOTIATION_REPLY, NO_PEER -> HttpStatus.GATEWAY_TIMEOUT;
            case CBOR_FAIL -> HttpStatus.BAD_GATEWAY;
            default -> HttpStatus.SERVICE_UNAVAILABLE;
        };
        return ProblemDetail.forStatusAndDetail(status, failure.getMessage());
    }
}
