package io.grasp.samples.transfer;

import io.grasp.samples.transfer.TransferException.Reason;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * The places of a server for transfers. A peer may use all of them while no other wants one. When all are in use, the
 * newest transfer of the peer that has the most gives up its place to a peer that has fewer even after that. May be
 * used on any thread.
 */
final class TransferPlaces {
    private final int atOnce;
    private final AtomicReference<List<Place>> inUse = new AtomicReference<>(List.of());

    TransferPlaces(int atOnce) {
        this.atOnce = atOnce;
    }

    private record Place(String peer, Sinks.One<Void> lost) {}

    /** {@return runs a transfer in a place; fails with {@link Reason#BUSY} if there is none, or when it is lost} */
    Mono<Void> use(String peer, Mono<Void> transfer) {
        return Mono.defer(() -> {
            Place place = new Place(peer, Sinks.one());
            List<Place> before = inUse.getAndUpdate(places -> with(places, place));
            Optional<Place> other = displaced(before, peer);
            if (before.size() >= atOnce && other.isEmpty()) {
                return Mono.error(busy());
            }
            other.ifPresent(loser -> loser.lost.tryEmitError(busy()));
            return Mono.firstWithSignal(place.lost.asMono(), transfer)
                    .doFinally(end -> inUse.updateAndGet(places -> without(places, place)));
        });
    }

    private List<Place> with(List<Place> places, Place added) {
        Optional<Place> other = displaced(places, added.peer);
        if (places.size() >= atOnce && other.isEmpty()) {
            return places;
        }
        List<Place> left = other.map(loser -> without(places, loser)).orElse(places);
        return Stream.concat(left.stream(), Stream.of(added)).toList();
    }

    private static List<Place> without(List<Place> places, Place removed) {
        return places.stream().filter(place -> !place.equals(removed)).toList();
    }

    /** {@return the place that a peer gets when all are in use} */
    private Optional<Place> displaced(List<Place> places, String peer) {
        if (places.size() < atOnce) {
            return Optional.empty();
        }
        Map<String, Long> counts = places.stream().collect(Collectors.groupingBy(Place::peer, Collectors.counting()));
        long enough = counts.getOrDefault(peer, 0L) + 1;
        return counts.entrySet().stream()
                .filter(entry -> entry.getValue() > enough)
                .max(Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .flatMap(fullest -> places.stream()
                        .filter(place -> place.peer.equals(fullest.getKey()))
                        .reduce((earlier, later) -> later));
    }

    private TransferException busy() {
        return new TransferException(Reason.BUSY, "The server has " + atOnce + " transfers already");
    }
}
