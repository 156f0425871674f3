package io.grasp.samples.scenario;

import io.grasp.simulation.workload.Workload;
import java.lang.reflect.InvocationTargetException;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The workloads by the names that a scenario file gives them: the built-in ones, and classes on the class path. */
final class Workloads {
    private static final Map<String, Supplier<Workload>> BUILT_IN = new TreeMap<>(Map.of(
            "flood", FloodWorkload::new,
            "discover", DiscoverWorkload::new,
            "negotiate", NegotiateWorkload::new,
            "synchronize", SynchronizeWorkload::new));

    private Workloads() {}

    /**
     * Creates a workload.
     *
     * @param name its name in the file
     * @param place the place of the name in the file
     * @throws ScenarioException if there is none of that name
     */
    static Workload create(String name, String place) {
        Supplier<Workload> builtIn = BUILT_IN.get(name);
        if (builtIn != null) {
            return builtIn.get();
        }
        if (!name.contains(".")) {
            throw new ScenarioException(
                    place,
                    "\"" + name + "\" is neither one of " + String.join(", ", BUILT_IN.keySet())
                            + " nor the full name of a class");
        }
        try {
            Object made = Class.forName(name).getConstructor().newInstance();
            if (made instanceof Workload workload) {
                return workload;
            }
            throw new ScenarioException(place, "class " + name + " does not implement " + Workload.class.getName());
        } catch (ClassNotFoundException | LinkageError e) {
            throw new ScenarioException(
                    place,
                    "there is no class " + name + " on the class path (java -cp grasp.jar:yours.jar"
                            + " io.grasp.samples.Main ...)");
        } catch (NoSuchMethodException | IllegalAccessException | InstantiationException e) {
            throw new ScenarioException(
                    place, "class " + name + " is not public with a public constructor without parameters");
        } catch (InvocationTargetException e) {
            throw new ScenarioException(place, "the constructor of " + name + " fails: " + e.getCause());
        }
    }
}
