package io.grasp.samples.conformance;

import java.util.List;

/**
 * A section of an RFC.
 *
 * @param id RFC and number
 * @param keywords how many normative keywords its text has
 * @param title its title
 * @param differs why its statements are not one for each keyword, or null
 * @param statements its statements
 */
record Section(String id, int keywords, String title, String differs, List<Statement> statements) {
    Section {
        statements = List.copyOf(statements);
    }

    /** {@return the number of its RFC} */
    String rfc() {
        return id.substring(0, id.indexOf('-'));
    }

    /** {@return its number} */
    String number() {
        return id.substring(id.indexOf('-') + 1);
    }
}
