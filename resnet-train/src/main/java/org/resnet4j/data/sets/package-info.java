/** Data sets by name: where they are found, fetched from, and what opens them. */
@NullMarked
package org.resnet4j.data.sets;

import org.jspecify.annotations.NullMarked;
