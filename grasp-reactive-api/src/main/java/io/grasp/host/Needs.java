package io.grasp.host;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which ASAs of a plan cannot be started because of their needs, and why. */
final class Needs {
    private Needs() {}

    /**
     * {@return the ASAs that cannot be started}
     *
     * @param needs the needs of each ASA of the plan
     */
    static Map<String, HostException> unmet(Map<String, List<String>> needs) {
        Map<String, HostException> unmet = new LinkedHashMap<>();
        needs.keySet().forEach(name -> {
            List<String> cycle = cycle(name, needs);
            if (!cycle.isEmpty()) {
                unmet.put(
                        name,
                        new HostException(
                                HostException.Kind.CYCLE,
                                name + " cannot be started: it needs itself (" + String.join(" needs ", cycle) + ")"));
            }
        });
        boolean changed = true;
        while (changed) {
            changed = false;
            for (Map.Entry<String, List<String>> each : needs.entrySet()) {
                for (String need : each.getValue()) {
                    String why = !needs.containsKey(need)
                            ? "which the host does not run"
                            : unmet.containsKey(need) ? "which cannot be started" : "";
                    if (!why.isEmpty() && !unmet.containsKey(each.getKey())) {
                        unmet.put(
                                each.getKey(),
                                new HostException(
                                        HostException.Kind.MISSING_NEED,
                                        each.getKey() + " cannot be started: it needs " + need + ", " + why));
                        changed = true;
                    }
                }
            }
        }
        return unmet;
    }

    /** {@return the shortest way along needs from an ASA back to itself, empty if there is none} */
    private static List<String> cycle(String start, Map<String, List<String>> needs) {
        Map<String, List<String>> ways = new LinkedHashMap<>();
        List<List<String>> next = new ArrayList<>(List.of(List.of(start)));
        while (!next.isEmpty()) {
            List<String> way = next.remove(0);
            for (String need : needs.getOrDefault(way.get(way.size() - 1), List.of())) {
                List<String> longer = new ArrayList<>(way);
                longer.add(need);
                if (need.equals(start)) {
                    return longer;
                }
                if (ways.putIfAbsent(need, longer) == null) {
                    next.add(longer);
                }
            }
        }
        return List.of();
    }
}
