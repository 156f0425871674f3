package io.grasp.engine.registry;

import io.grasp.config.Limits;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.util.LazyMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The ASAs of a node and the objectives they have registered (RFC 8991 section 2.3.3). */
public final class Registry {
    private final Limits limits;
    private final Map<String, RegisteredAsa> asas = new LazyMap<>();
    private final Map<String, List<Registration>> objectives = new LazyMap<>();
    /** The number of registrations for each maximum message size. */
    private final NavigableMap<Integer, Integer> messageSizes = new TreeMap<>();

    private int registrations;

    public Registry(Limits limits) {
        this.limits = limits;
    }

    public RegisteredAsa add(String name) {
        if (asas.containsKey(name)) {
            throw GraspException.local(GraspErrorCode.DUPLICATE_ASA, "an ASA named " + name + " is registered");
        }
        if (asas.size() >= limits.asas()) {
            throw GraspException.local(
                    GraspErrorCode.ASA_FULL, "this node already has " + limits.asas() + " ASAs, its maximum");
        }
        RegisteredAsa asa = new RegisteredAsa(name, this);
        asas.put(name, asa);
        return asa;
    }

    public boolean contains(RegisteredAsa asa) {
        return asas.get(asa.name()) == asa;
    }

    public List<RegisteredAsa> asas() {
        return List.copyOf(asas.values());
    }

    public void remove(RegisteredAsa asa) {
        if (asas.remove(asa.name(), asa)) {
            objectives
                    .values()
                    .forEach(list -> list.removeIf(registration -> {
                        boolean theirs = registration.asa == asa;
                        if (theirs) {
                            discount(registration);
                        }
                        return theirs;
                    }));
            objectives.values().removeIf(List::isEmpty);
        }
    }

    public Registration add(RegisteredAsa asa, Objective objective, RegistrationOptions options) {
        requireConsistentFlags(objective);
        List<Registration> others = objectives.getOrDefault(objective.name(), List.of());
        for (Registration other : others) {
            if (other.asa == asa || !other.options.overlap() || !options.overlap()) {
                throw GraspException.local(GraspErrorCode.OBJECTIVE_REGISTERED, heldBy(other.asa, asa))
                        .about(objective.name());
            }
        }
        if (registrations >= limits.objectives()) {
            throw GraspException.local(
                            GraspErrorCode.OBJECTIVES_FULL,
                            "this node already has " + limits.objectives() + " registered objectives, its maximum")
                    .about(objective.name());
        }
        Registration registration = new Registration(asa, objective, options);
        objectives.computeIfAbsent(objective.name(), name -> new ArrayList<>(1)).add(registration);
        registrations++;
        messageSizes.merge(options.maxMessageBytes(), 1, Integer::sum);
        return registration;
    }

    private static String heldBy(RegisteredAsa holder, RegisteredAsa asa) {
        return holder == asa
                ? "by " + holder.name() + " itself, which must deregister it first: to retry a chain that registers,"
                        + " put the retry behind a usingWhen that ends with Asa::deregister (docs/recipes.md)"
                : "by " + holder.name() + ", which must deregister it first, unless both allow overlap";
    }

    public void remove(Registration registration) {
        List<Registration> list = objectives.get(registration.objective.name());
        if (list != null && list.remove(registration)) {
            discount(registration);
            if (list.isEmpty()) {
                objectives.remove(registration.objective.name());
            }
        }
    }

    private void discount(Registration registration) {
        registrations--;
        messageSizes.computeIfPresent(
                registration.options.maxMessageBytes(), (size, count) -> count == 1 ? null : count - 1);
    }

    /** {@return whether a registration has not been removed} */
    public boolean contains(Registration registration) {
        return objectives.getOrDefault(registration.objective.name(), List.of()).contains(registration);
    }

    /** {@return whether any ASA has registered an objective} */
    public boolean isRegistered(String name) {
        return objectives.containsKey(name);
    }

    /** {@return the ASA's own registration of an objective} */
    public Registration require(RegisteredAsa asa, String name) {
        Registration own = get(asa, name);
        if (own == null) {
            throw GraspException.local(
                            GraspErrorCode.NOT_YOUR_OBJECTIVE,
                            objectives.containsKey(name) ? "another ASA has registered it" : "no ASA has registered it")
                    .about(name);
        }
        return own;
    }

    /** {@return the ASA's own registration of an objective, or {@code null} if it has none} */
    @Nullable
    Registration get(RegisteredAsa asa, String name) {
        for (Registration registration : objectives.getOrDefault(name, List.of())) {
            if (registration.asa == asa) {
                return registration;
            }
        }
        return null;
    }

    /** {@return the first matching registration of an objective, except those of one ASA} */
    public @Nullable Registration find(String name, @Nullable String exceptAsa, Predicate<Registration> fits) {
        for (Registration registration : objectives.getOrDefault(name, List.of())) {
            if (!registration.asa.name().equals(exceptAsa) && fits.test(registration)) {
                return registration;
            }
        }
        return null;
    }

    /** {@return the maximum size of a message about an objective} */
    public int maxBytes(String name) {
        int longest = limits.message().maxBytes();
        for (Registration registration : objectives.getOrDefault(name, List.of())) {
            longest = Math.max(longest, registration.options.maxMessageBytes());
        }
        return longest;
    }

    /** {@return the maximum size of a message whose objective is not known yet} */
    public int maxBytes() {
        int usual = limits.message().maxBytes();
        return messageSizes.isEmpty() ? usual : Math.max(usual, messageSizes.lastKey());
    }

    /** Checks that RFC 8991 section 2.3.2.4 allows an objective's flags. */
    public static void requireConsistentFlags(Objective objective) {
        if (objective.isNegotiable() && objective.isSynchronizable()) {
            throw GraspException.local(GraspErrorCode.NOT_BOTH, "use two objectives")
                    .about(objective.name());
        }
        if (objective.isDryRun() && !objective.isNegotiable()) {
            throw GraspException.local(GraspErrorCode.NOT_DRY, "the objective is not for negotiation")
                    .about(objective.name());
        }
    }
}
