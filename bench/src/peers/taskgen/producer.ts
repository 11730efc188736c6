// The same producer as elsewhere.
import "../../taskgen/producer.js";
